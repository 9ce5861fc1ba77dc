// The map is a page's worth of modules: live/static/map-panel/panel.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { MapPanel }] = await Promise.all(["component-life", "map-panel/panel"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new MapPanel(first.parentElement, first.data));
}
