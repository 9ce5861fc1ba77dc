// The page of a run is a handful of modules: live/static/train/panel.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,train/panel`; // with all that they import
  const { keepAlive, TrainPanel } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new TrainPanel(first.parentElement));
}
