// The morph is a page's worth of modules: live/static/morph/panel.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,morph/panel`; // with all that they import
  const { keepAlive, MorphPanel } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new MorphPanel(first.parentElement));
}
