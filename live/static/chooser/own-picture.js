// A picture of one's own: drawn here, or a file. It is fitted as the training images were made, and encoded.

import { createDrawing } from "./drawing.js";
import { encodeFile } from "../live-fetch.js";

/**
 * Drawing and file of `panel` (chooser.js); `fit({pixels, size}, onReply, onError)` asks the live socket to fit and
 * encode a drawing. Gives back {showCanvas, open}.
 */
export function createOwnPicture(panel, fit) {
  const { find, on, signal, say, speech } = panel;
  let drawing = null;
  let done = null; // what the button takes where a drawing is not followed

  const grey = () => panel.data.shape[0] === 1;
  const ink = () => (grey() ? "#fff" : find(".ink").value);

  function drawn(event, ended = false) {
    const { pixels, size } = drawing.picture();
    const isNewest = panel.newQuestion();
    fit(
      { pixels, size },
      ({ mean, std, pixels: fitted, shape, note = "", blank = false }) => {
        if (!isNewest() && ended) return;
        showFitted(fitted, shape);
        say(speech.note({ note, blank }));
        const source = { kind: "drawing", row: null, words: "your drawing", fitted: find(".fit-preview").toDataURL() };
        const take = () => panel.choose({ latent: mean, std: Array.from(std) }, source);
        if (!panel.follow) offer(take);
        else if (ended) take();
        else panel.follow(mean, event?.timeStamp ?? null, { pixels: fitted, blank });
      },
      (problem) => say(speech.failure(problem), true),
    );
  }

  function offer(take) {
    done = take;
    find(".draw-take").disabled = take === null;
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
    say(speech.reading(file.name));
    try {
      const { mean, std, fitted, note, blank } = await encodeFile(panel.asking({ file, label: panel.label() }));
      if (!isNewest()) return;
      panel.choose({ latent: mean, std }, { kind: "file", row: null, words: `your picture ${file.name}`, fitted });
      say(speech.note({ note, blank }));
    } catch (error) {
      if (isNewest()) say(speech.failure(error), true);
    }
  }

  on(".draw-clear", "click", () => {
    drawing.clear();
    offer(null);
  });
  on(".draw-undo", "click", () => {
    drawing.undo();
    if (drawing.empty) offer(null);
    else drawn(null, true);
  });
  on(".draw-take", "click", () => {
    done?.();
    drawing.clear();
    offer(null);
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
      find(".draw-take").hidden = panel.follow !== null;
      offer(null);
      drawing?.clear();
    },
  };
}
