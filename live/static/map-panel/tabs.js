// One of several panels at a time: tabs that the arrow keys go through.

/** The tabs of `root`; `onShow(name)` hears which is open. Gives back {show(name), name}. */
export function createTabs(root, onShow = () => {}) {
  const tabs = [...root.querySelectorAll("[data-tab]")];
  const panels = [...root.querySelectorAll("[data-panel]")];
  const holder = {
    name: null,
    show(name) {
      const known = tabs.some((tab) => tab.dataset.tab === name) ? name : tabs[0].dataset.tab;
      if (known === holder.name) return;
      holder.name = known;
      for (const tab of tabs) {
        const chosen = tab.dataset.tab === known;
        tab.ariaSelected = String(chosen);
        tab.tabIndex = chosen ? 0 : -1;
      }
      for (const panel of panels) panel.hidden = panel.dataset.panel !== known;
      onShow(known);
    },
  };
  tabs.forEach((tab, index) => {
    tab.onclick = () => holder.show(tab.dataset.tab);
    tab.onkeydown = (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const next = tabs[(index + by + tabs.length) % tabs.length];
      next.focus();
      holder.show(next.dataset.tab);
    };
  });
  return holder;
}
