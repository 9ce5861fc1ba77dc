// Pictures of rows as buttons: cut out of sheets of many, so that a gallery costs a few requests and not hundreds.

import { sheetAddress } from "./routes.js";

const MOST_IN_SHEET = 64;

/** Buttons with the pictures of `rows`, in their order; `onOpen(row)` when one is pressed. */
export function pictureButtons(atlas, rows, onOpen) {
  const buttons = [];
  for (let from = 0; from < rows.length; from += MOST_IN_SHEET) {
    const part = rows.slice(from, from + MOST_IN_SHEET);
    const address = sheetAddress(atlas.model, atlas.shown.source, part);
    part.forEach((row, at) => buttons.push(pictureButton(atlas, row, address, at, part.length, onOpen)));
  }
  return buttons;
}

function pictureButton(atlas, row, address, at, count, onOpen) {
  const button = document.createElement("button");
  const name = atlas.nameOf(row);
  Object.assign(button, { type: "button", ariaLabel: name, title: name });
  button.dataset.row = row;
  Object.assign(button.style, {
    backgroundImage: `url("${address}")`,
    backgroundSize: `${100 * count}% 100%`,
    backgroundPosition: `${count > 1 ? (100 * at) / (count - 1) : 0}% 0`,
  });
  button.onclick = () => onOpen(row);
  return button;
}
