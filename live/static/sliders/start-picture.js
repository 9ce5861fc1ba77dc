// A picture of one's own to start from: drawn here, or a file. It is fitted as the training images were made, and encoded.

import { createDrawing } from "./drawing.js";
import { encodeFile } from "../live-fetch.js";

/**
 * Drawing and file of `panel` (start-panel.js); `fit({pixels, size}, onReply, onError)` asks the live socket to fit and
 * encode a drawing. Gives back {showCanvas, open}.
 */
export function createPictureStart(panel, fit) {
  const { edit, find, on, signal, say } = panel;
  let drawing = null;

  const grey = () => panel.data.shape[0] === 1;
  const ink = () => (grey() ? "#fff" : find(".ink").value);

  function drawn(event, done = false) {
    const { pixels, size } = drawing.picture();
    const isNewest = panel.newQuestion();
    fit(
      { pixels, size },
      ({ mean, std, pixels: fitted, shape, note = "" }) => {
        if (!isNewest() && done) return;
        showFitted(fitted, shape);
        const source = { kind: "drawing", row: null, words: "your drawing", fitted: find(".fit-preview").toDataURL() };
        if (done) panel.begin({ latent: mean, std: Array.from(std) }, source);
        else edit.follow(mean, event?.timeStamp ?? null, "drawing");
        say(note);
      },
      ({ message }) => say(message, true),
    );
  }

  function showFitted(pixels, [channels, height, width]) {
    const canvas = find(".fit-preview");
    canvas.width = width;
    canvas.height = height;
    const image = new ImageData(width, height);
    for (let at = 0; at < width * height; at++) {
      for (let channel = 0; channel < 3; channel++) {
        image.data[4 * at + channel] = pixels[(channels === 1 ? 0 : channel) * width * height + at];
      }
      image.data[4 * at + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  async function sent(file) {
    if (!file) return;
    const isNewest = panel.newQuestion();
    say(`Reading ${file.name}…`);
    try {
      const { mean, std, fitted, note } = await encodeFile(panel.asking({ file, label: edit.label }));
      if (!isNewest()) return;
      panel.begin({ latent: mean, std }, { kind: "file", row: null, words: `your picture ${file.name}`, fitted });
      say(note);
    } catch (error) {
      if (isNewest()) say(error.message, true);
    }
  }

  on(".draw-clear", "click", () => drawing.clear());
  on(".draw-undo", "click", () => {
    drawing.undo();
    if (!drawing.empty) drawn(null, true);
  });
  on(".file", "change", (event) => {
    sent(event.target.files[0]);
    event.target.value = ""; // the same file can be chosen again
  });
  on(".drop", "dragover", (event) => event.preventDefault());
  on(".drop", "drop", (event) => {
    event.preventDefault();
    sent(event.dataTransfer.files[0]);
  });

  return {
    showCanvas() {
      drawing ??= createDrawing(find(".drawing"), { onStroke: drawn, channels: grey() ? 1 : 3, ink, signal });
    },
    open() {
      find(".ink").hidden = grey();
      drawing?.clear();
    },
  };
}
