// Named groups of images: kept with the model, found again after a restart and in another source, by the images themselves.

import { readGroups, writeGroups } from "./routes.js";

/** The panel in `root`; `onGo(name)` when a group was selected. Gives back {open(name to select), keep(name), kept(name), select(name)}. */
export function createGroups(root, atlas, onGo) {
  const find = (selector) => root.querySelector(selector);
  let kept = { revision: 0, groups: [] };

  async function read() {
    kept = await readGroups(atlas.model, atlas.shown.source);
    show();
  }

  function show() {
    find("[data-panel=groups] .none").hidden = kept.groups.length > 0;
    find(".grouped").replaceChildren(...kept.groups.map(line));
    find("[data-tab=groups]").textContent = kept.groups.length ? `Groups ${kept.groups.length}` : "Groups";
  }

  function line({ name, rows, count }) {
    const item = document.createElement("li");
    const go = button("go", name, `Select the group ${name}`);
    const missing = rows.length < count ? ` (${(count - rows.length).toLocaleString("en")} are not among these images)` : "";
    const size = Object.assign(document.createElement("span"), { className: "figure quiet", textContent: rows.length.toLocaleString("en"), title: `${count.toLocaleString("en")} images${missing}` });
    go.onclick = () => select(name);
    const drop = button("small", "Delete", `Delete the group ${name}`);
    drop.onclick = () => (drop.dataset.sure ? write(others(name)) : askAgain(drop));
    item.append(go, size, drop);
    return item;
  }

  function askAgain(button) {
    button.dataset.sure = "yes";
    button.textContent = "Delete it?";
    button.onblur = () => {
      delete button.dataset.sure;
      button.textContent = "Delete";
    };
  }

  /** The groups but one, unchanged. */
  const others = (name) => kept.groups.filter((group) => group.name !== name).map((group) => ({ name: group.name }));

  /** A name that no group has yet. */
  function freeName() {
    const names = new Set(kept.groups.map((group) => group.name));
    let number = 1;
    while (names.has(`selection ${number}`)) number += 1;
    return `selection ${number}`;
  }

  async function write(groups, again = true) {
    try {
      kept = await writeGroups(atlas.model, { revision: kept.revision, source: atlas.shown.source, groups });
      await read();
      return true;
    } catch (problem) {
      if (problem.reason === "changed-meanwhile") await read();
      if (problem.reason === "changed-meanwhile" && again) atlas.say("Somebody else changed the groups meanwhile; theirs are shown now. Do it once more.");
      else atlas.say(problem.message);
      return false;
    }
  }

  const keepSelection = (name) => write([...others(name), { name, rows: Array.from(atlas.selection.rows) }]);

  function select(name) {
    if (mark(name)) onGo(name);
  }

  /** Selects the images of a group; gives back whether there is one. */
  function mark(name) {
    const group = kept.groups.find((other) => other.name === name);
    if (!group) atlas.say(`This model has no group called "${name.slice(0, 40)}".`);
    if (!group) return false;
    const rows = group.rows.filter((row) => atlas.isOnMap(row));
    atlas.selection.change(rows, "replace", `group ${name}`);
    return true;
  }

  return {
    /** Another model or source: its groups; the one in the link is selected. */
    async open(wanted) {
      const { model } = atlas;
      kept = { revision: 0, groups: [] };
      try {
        await read();
      } catch (problem) {
        show();
        find("[data-panel=groups] .none").textContent = problem.message;
        return;
      }
      if (wanted && atlas.model === model) mark(wanted);
    },
    async keep(name) {
      if (!name) return void find(".group-name").focus();
      const same = kept.groups.some((group) => group.name === name);
      if (!(await keepSelection(name))) return;
      find(".group-name").value = "";
      find(".selected-words").textContent += same ? ` · ${name} replaced` : ` · kept as ${name}`;
      onGo(name);
    },
    /** The selection as a group: the one that it came from, or a new one of that name, or of a free name. Gives back its name, or null. */
    async kept(name) {
      const from = atlas.selection.words.match(/^group (.+)$/)?.[1];
      if (!name && kept.groups.some((group) => group.name === from)) return from;
      const called = name || freeName();
      return (await keepSelection(called)) ? called : null;
    },
    select,
  };
}

function button(className, textContent, ariaLabel) {
  return Object.assign(document.createElement("button"), { type: "button", className, textContent, ariaLabel, title: ariaLabel });
}
