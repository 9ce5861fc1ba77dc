// The page of the odd ones is a handful of modules: live/static/odd/panel.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { OddPanel }] = await Promise.all(["component-life", "odd/panel"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new OddPanel(first.parentElement));
}
