// An image of the data set: by its number, one after the other, at random, or among those of a label.

import { rowsOf } from "../live-fetch.js";
import { imageNumber } from "../image-number.js";

/**
 * The images of `panel` (chooser.js); `picture(row, kind)` gives an image's address. Gives back
 * {openRow(row, remark), open(), show()}.
 */
export function createDataImage(panel, picture) {
  const { find, on, say } = panel;
  let listed = null; // {label, rows}: what Previous and Next step through; null for all images

  const chosen = () => panel.present().row ?? null;
  const row = () => chosen() ?? 0;
  const openRow = (wanted, remark) => {
    const whole = ((wanted % panel.data.images) + panel.data.images) % panel.data.images;
    find(".number").value = whole;
    panel.startFrom({ from: "row", row: whole }, { remark });
  };

  function step(by) {
    if (!listed) return openRow(row() + by);
    const { rows } = listed;
    const after = by > 0 ? rows.find((other) => other > row()) : rows.findLast((other) => other < row());
    openRow(after ?? rows.at(by > 0 ? 0 : -1));
  }

  function shuffle() {
    const rows = listed?.rows;
    openRow(rows ? rows[Math.floor(Math.random() * rows.length)] : Math.floor(Math.random() * panel.data.images));
  }

  function typed() {
    const field = find(".number");
    const { row: wanted, said: remark } = imageNumber(field.value, panel.data.images);
    field.value = wanted ?? chosen() ?? "";
    if (wanted !== null && wanted !== chosen()) return openRow(wanted, remark);
    panel.remark = remark;
    show();
  }

  async function chooseLabel() {
    const label = find(".of-label").value;
    if (!label) {
      listed = null;
      return;
    }
    try {
      const { rows } = await rowsOf(panel.asking({ label }));
      listed = { label, rows };
      if (!rows.includes(chosen())) openRow(rows[0]);
    } catch (error) {
      say(panel.speech.failure(error), true);
    }
  }

  function show() {
    const source = panel.present();
    const isImage = chosen() !== null;
    find(".number").value = isImage ? source.row : "";
    find(".number").max = panel.data.images - 1;
    const which = capital(source.words || "a latent of its own");
    const many = isImage ? ` (of ${panel.data.images.toLocaleString("en")})` : "";
    find(".facts").textContent = [`${which}${many}.`, panel.remark, isImage ? panel.data.note : ""].filter(Boolean).join(" ");
    find(".original").hidden = !isImage || !panel.data.originals;
    find(".reconstruction").hidden = !isImage;
    find(".fitted").hidden = !source.fitted;
    if (source.fitted) find(".fitted img").src = source.fitted;
    if (!isImage) return;
    for (const kind of ["original", "reconstruction"]) {
      if (kind === "original" && !panel.data.originals) continue;
      const image = find(`.${kind} img`);
      image.onerror = () => (find(`.${kind}`).hidden = true); // this original is not on the machine
      image.src = picture(source.row, kind);
      image.alt = `${source.words}: ${kind}`;
    }
  }

  on(".previous", "click", () => step(-1));
  on(".next", "click", () => step(1));
  on(".shuffle", "click", shuffle);
  on(".number", "change", typed);
  on(".of-label", "change", chooseLabel);

  return {
    openRow,
    show,
    open() {
      listed = null;
    },
  };
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
