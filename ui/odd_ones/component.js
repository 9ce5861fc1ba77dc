// The page of the odd ones is a handful of modules: live/static/odd/panel.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,odd/panel`; // with all that they import
  const { keepAlive, OddPanel } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new OddPanel(first.parentElement));
}
