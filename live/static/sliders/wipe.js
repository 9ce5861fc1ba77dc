// Two pictures in one frame, parted by an upright line that the hand moves: left of it the kept one, right of it the present.

import { createTrack } from "../track.js";

/** A wipe over `frame`; `toggle(pixels, shape, name)` begins and ends it, `hide` ends it. Gives back {toggle, hide, shown, remove}. */
export function createWipe(frame, drawPicture) {
  const canvas = document.createElement("canvas");
  canvas.className = "wiped";
  const line = document.createElement("div");
  line.className = "track wipe-line";
  line.ariaLabel = "Kept picture to the left of the line, the present one to the right";
  const close = Object.assign(document.createElement("button"), {
    type: "button", className: "wipe-close", textContent: "End comparing",
  });
  const track = createTrack(line, {
    onMove: (value) => frame.style.setProperty("--wipe", `${value}%`),
    onRelease: () => {},
    grain: 0.5,
    describe: (value) => `${Math.round(value)} percent of the kept picture`,
  });
  track.configure({ low: 0, high: 100 });
  const sides = ["Kept", "Now"].map((text, right) => {
    return Object.assign(document.createElement("span"), { className: `side ${right ? "right" : "left"}`, textContent: text });
  });
  const parts = [canvas, ...sides, line, close];
  let shown = null; // the name of the picture it shows
  const hide = () => {
    parts.forEach((part) => part.remove());
    shown = null;
  };
  close.onclick = hide;
  return {
    get shown() {
      return canvas.isConnected;
    },
    /** The same picture a second time ends the comparison. */
    toggle(pixels, shape, name) {
      const again = canvas.isConnected && shown === name;
      if (again) return hide();
      shown = name;
      drawPicture(canvas, pixels, shape, 1);
      frame.append(...parts);
      track.set(50);
      frame.style.setProperty("--wipe", "50%");
    },
    hide,
    remove() {
      hide();
      track.remove();
    },
  };
}
