// The Attributes page is a few modules: live/static/attributes/panel.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,attributes/panel`; // with all that they import
  const { keepAlive, AttributesPanel } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new AttributesPanel(first.parentElement));
}
