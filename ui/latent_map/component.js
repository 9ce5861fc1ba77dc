// The map is a page's worth of modules: live/static/map-panel/panel.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,map-panel/panel`; // with all that they import
  const { keepAlive, MapPanel } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new MapPanel(first.parentElement, first.data));
}
