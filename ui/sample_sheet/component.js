// The Generate page is a few modules: live/static/generate/panel.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { GeneratePanel }] = await Promise.all(["component-life", "generate/panel"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new GeneratePanel(first.parentElement));
}
