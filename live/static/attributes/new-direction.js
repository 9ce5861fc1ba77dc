// The form of a new attribute: which images have it, which lack it, how the direction between them is found.

import { createChoice } from "../choice-row.js";

const SIDES = ["having", "lacking"];

/**
 * In `element`. `onFind({having, lacking, method, orthogonal_to: [key...]}, name)` is asked for when the button is pressed.
 * Gives back {open({labels, groups, images}), offer(directions), busy(words), say(text, failed)}.
 */
export function createNewDirection(element, { onFind }) {
  const find = (selector) => element.querySelector(selector);
  let method = "means";
  const chosen = { having: new Set(), lacking: new Set() };
  const across = new Set(); // keys of the directions that it shall not move along
  const methods = createChoice(find(".methods"), { label: "How the direction is found", onChoose: (value) => (method = value) });
  methods.offer([
    { value: "means", text: "Difference of means", title: "From the mean of those without to the mean of those with it" },
    { value: "classifier", text: "Classifier", title: "The normal of the plane by which a logistic regression tells them apart" },
  ]);
  methods.show(method);
  find(".find-direction").onclick = () => {
    const asked = { having: groupOf("having"), lacking: groupOf("lacking"), method, orthogonal_to: [...across] };
    if (!asked.having) return form.say("Say which images have it: choose a label, a group of the map, or give image numbers.", true);
    onFind(asked, find(".new-name").value.trim());
  };

  /** {labels}, {group} or {rows} of one side; null where nothing is chosen there. */
  function groupOf(side) {
    const part = find(`[data-side="${side}"]`);
    const rows = part.querySelector(".rows-field").value.split(/[\s,;]+/).filter(Boolean).map(Number);
    if (rows.length) return { rows: rows.map((row) => (Number.isInteger(row) ? row : -1)) };
    const group = part.querySelector(".group-field").value;
    if (group) return { group };
    return chosen[side].size ? { labels: [...chosen[side]] } : null;
  }

  function chip(text, set, value, title = "") {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: text, title, ariaPressed: String(set.has(value)) });
    button.onclick = () => {
      if (!set.delete(value)) set.add(value);
      button.ariaPressed = String(set.has(value));
    };
    return button;
  }

  const form = {
    /** labels: the names of the classes; groups: those named on the map. */
    open({ labels, groups, images }) {
      find(".new-fields").hidden = images < 4;
      find(".no-images").hidden = images >= 4;
      for (const side of SIDES) {
        chosen[side].clear();
        const part = find(`[data-side="${side}"]`);
        part.querySelector(".label-chips").replaceChildren(...labels.map((name) => chip(name, chosen[side], name)));
        const none = side === "having" ? "no group" : "all others";
        part.querySelector(".group-field").replaceChildren(new Option(groups.length ? none : "none named yet", ""), ...groups.map(({ name, count }) => new Option(`${name} (${count})`, name)));
        part.querySelector(".rows-field").value = "";
      }
      form.say("");
    },
    /** Takes a group of the map for the images that have it; gives back whether there is such a group. */
    choose(group) {
      const field = find('[data-side="having"] .group-field');
      field.value = group;
      if (field.value !== group) field.value = "";
      return field.value === group;
    },
    /** Directions that the new one may be made orthogonal to: [{key, name}]. */
    offer(directions) {
      for (const key of [...across]) if (!directions.some((each) => each.key === key)) across.delete(key);
      find(".across-line").hidden = !directions.length;
      find(".across").replaceChildren(...directions.map(({ key, name }) => chip(name, across, key, `Do not move along “${name}”`)));
    },
    busy(on) {
      find(".find-direction").disabled = on;
    },
    say(text, failed = false) {
      Object.assign(find(".new-said"), { textContent: text, hidden: !text });
      find(".new-said").classList.toggle("problem", failed);
    },
    clear() {
      find(".new-name").value = "";
    },
  };
  return form;
}
