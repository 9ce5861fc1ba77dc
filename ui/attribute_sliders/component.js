// The Attributes page is a few modules: live/static/attributes/panel.js puts them together.

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const [{ keepAlive }, { AttributesPanel }] = await Promise.all(["component-life", "attributes/panel"].map((name) => import(address(name))));
  return keepAlive(component, (first) => new AttributesPanel(first.parentElement));
}
