// The morph is a page's worth of modules: live/static/morph/panel.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { MorphPanel }] = await Promise.all(["component-life", "morph/panel"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new MorphPanel(first.parentElement));
}
