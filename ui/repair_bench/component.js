// The Repair page is a handful of modules: live/static/repair/bench.js puts them together.

export default async function (component) {
  const linked = `${component.data.live}linked.js?modules=component-life,repair/bench`; // with all that they import
  const { keepAlive, RepairBench } = await import(new URL(linked, window.location.href));
  return keepAlive(component, (first) => new RepairBench(first.parentElement));
}
