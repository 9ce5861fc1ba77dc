// The Anatomy page is a handful of modules: live/static/anatomy/panel.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,anatomy/panel`; // with all that they import
  const { keepAlive, AnatomyPanel } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new AnatomyPanel(first.parentElement));
}
