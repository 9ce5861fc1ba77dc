// The page of a run is a handful of modules: live/static/train/panel.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { TrainPanel }] = await Promise.all(["component-life", "train/panel"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new TrainPanel(first.parentElement));
}
