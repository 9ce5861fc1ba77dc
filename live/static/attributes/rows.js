// A slider for each direction. What a direction means and whether it may be renamed or taken away is the host's.

import { createTrack } from "../track.js";

/**
 * Rows in `element`. `onMove(key, amount, stamp)` while the hand holds on, `onSettle()` when it let go, `onRename(key, name)`
 * and `onDrop(key)`. Gives back {show(directions), set(amounts), remove()}; a direction is {key, name, facts, title, reach,
 * own}: `own` ones can be renamed and dropped.
 */
export function createRows(element, { onMove, onSettle, onRename, onDrop }) {
  let rows = new Map(); // key -> {row, track, value}

  function made({ key, name, facts = "", title = "", reach, own = false, stale = false }) {
    const row = document.createElement("div");
    row.className = "attribute";
    row.dataset.key = key;
    const called = Object.assign(document.createElement(own ? "button" : "span"), { className: "called", textContent: name, title: own ? "Choose to rename" : title });
    if (own) {
      called.type = "button";
      called.onclick = () => rename(row, called, key, name);
    }
    const way = Object.assign(document.createElement("div"), { className: "track", ariaLabel: name });
    const value = Object.assign(document.createElement("span"), { className: "figure value" });
    const said = Object.assign(document.createElement("p"), { className: "quiet facts-line", textContent: facts, title });
    row.append(called, way, value);
    if (own) {
      const drop = Object.assign(document.createElement("button"), { type: "button", className: "small drop", textContent: "×", title: `Take “${name}” away`, ariaLabel: `Take the attribute ${name} away` });
      drop.onclick = () => onDrop(key);
      row.append(drop);
    }
    row.append(said);
    const track = createTrack(way, {
      describe: signed,
      onMove: (amount, event) => {
        value.textContent = signed(amount);
        onMove(key, amount, event.timeStamp);
      },
      onRelease: () => onSettle(),
      onReset: (event) => {
        onMove(key, 0, event.timeStamp);
        onSettle();
      },
    });
    track.configure({ low: -reach, high: reach });
    track.lock(stale);
    row.classList.toggle("stale", stale);
    return { row, track, value };
  }

  function rename(row, called, key, name) {
    const field = Object.assign(document.createElement("input"), { className: "field naming", value: name, maxLength: 40, ariaLabel: "Name of the attribute" });
    let over = false; // taking the field away is a blur too
    const end = (keep) => {
      if (over) return;
      over = true;
      field.replaceWith(called);
      const text = field.value.trim();
      if (keep && text && text !== name) onRename(key, text);
      else called.focus();
    };
    field.onkeydown = (event) => {
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    };
    field.onblur = () => end(true);
    called.replaceWith(field);
    field.select();
  }

  return {
    show(directions) {
      for (const { track } of rows.values()) track.remove();
      rows = new Map(directions.map((each) => [each.key, made(each)]));
      element.replaceChildren(...[...rows.values()].map(({ row }) => row));
    },
    set(amounts) {
      for (const [key, { track, value }] of rows) {
        if (track.held) continue;
        track.set(amounts[key] ?? 0);
        value.textContent = signed(amounts[key] ?? 0);
      }
    },
    remove() {
      for (const { track } of rows.values()) track.remove();
    },
  };
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
