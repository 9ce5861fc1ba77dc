// The Generate page is a few modules: live/static/generate/panel.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,generate/panel`; // with all that they import
  const { keepAlive, GeneratePanel } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new GeneratePanel(first.parentElement));
}
