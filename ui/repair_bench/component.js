// The Repair page is a handful of modules: live/static/repair/bench.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { RepairBench }] = await Promise.all(["component-life", "repair/bench"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new RepairBench(first.parentElement));
}
