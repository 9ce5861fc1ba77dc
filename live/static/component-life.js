// One living instance per place on the page: Streamlit calls a component again on new data, with the same root.

const living = new WeakMap();

// `create(component)` makes the instance once; its `update(component)` runs now and at each call, its `remove()` when the
// component has left the page. Gives back the clean-up that Streamlit wants; a superseded call's does nothing.
export function keepAlive(component, create) {
  const root = component.parentElement;
  if (!living.has(root)) living.set(root, create(component));
  living.get(root).update(component);
  return () => {
    if (root.host?.isConnected || !living.has(root)) return;
    living.get(root).remove();
    living.delete(root);
  };
}
