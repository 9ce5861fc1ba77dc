// The Anatomy page is a handful of modules: live/static/anatomy/panel.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { AnatomyPanel }] = await Promise.all(["component-life", "anatomy/panel"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new AnatomyPanel(first.parentElement));
}
