// Every repair as a small picture with its figures; one of them is shown large.

import { createPicture } from "../picture.js";

/** What there is to see: [key, name, what it is]. */
export const RESULTS = [
  ["clean", "Clean", "The picture before the damage"],
  ["reconstruction", "Encode–decode", "The damaged picture encoded, and its mean decoded"],
  ["average", "Average", "The mean over many draws from the posterior: softer, with the least expected squared error"],
  ["chained", "Repeated", "Encode–decode again and again, the hidden pixels filled by the picture before (Rezende 2014)"],
  ["fit", "Latent fit", "The most probable latent of what is visible, searched by gradient"],
  ["filter", "Filter", "A standard filter, without any model"],
];

/** Fills `element`. onShow(key) when one is chosen. Gives back {draw(key, pixels, shape, psnr, ssim), note(key, words), show(key), has(key, there)}. */
export function createResults(element, onShow) {
  const parts = new Map();
  for (const [key, name, title] of RESULTS) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "result", title });
    button.setAttribute("role", "radio");
    button.dataset.key = key;
    button.innerHTML = `<span class="frame"><canvas width="1" height="1" aria-hidden="true"></canvas></span><span class="name">${name}</span><span class="figure quiet psnr">–</span><span class="figure quiet ssim"></span>`;
    button.onclick = () => onShow(key);
    button.onkeydown = (event) => pressed(event, key);
    parts.set(key, { button, picture: createPicture(button.querySelector("canvas")), name });
    element.append(button);
  }

  function pressed(event, key) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const there = [...parts.keys()].filter((other) => !parts.get(other).button.disabled);
    const next = there.at((there.indexOf(key) + by) % there.length);
    parts.get(next).button.focus();
    onShow(next);
  }

  return {
    /** The figures stand under the picture; without any, it is the clean one. */
    draw(key, pixels, shape, psnr, ssim) {
      const { button, picture } = parts.get(key);
      picture.draw(pixels, shape);
      button.classList.remove("old");
      button.querySelector(".psnr").textContent = psnr === undefined ? "" : `${psnr.toFixed(1)} dB`;
      button.querySelector(".ssim").textContent = ssim === undefined ? "" : ssim.toFixed(3);
    },
    rename(key, name, title) {
      const { button } = parts.get(key);
      button.querySelector(".name").textContent = name;
      button.title = title;
    },
    /** What belongs to an earlier damage stays in sight, dimmed. */
    age: (key) => parts.get(key).button.classList.add("old"),
    clear(key) {
      const { button, picture } = parts.get(key);
      picture.clear();
      button.querySelector(".psnr").textContent = "–";
      button.querySelector(".ssim").textContent = "";
    },
    enable: (key, on) => (parts.get(key).button.disabled = !on),
    show(key) {
      for (const [other, { button }] of parts) {
        button.ariaChecked = String(other === key);
        button.tabIndex = other === key ? 0 : -1;
      }
    },
  };
}

/** What the figures mean, for a title. */
export const FIGURES = "How near to the clean picture: PSNR in decibels, pixel by pixel, higher is nearer; SSIM up to 1, by brightness, contrast and structure around each pixel, 1 is the same";

export const figuresOf = (psnr, ssim) => (psnr === undefined ? "" : `PSNR ${psnr.toFixed(1)} dB · SSIM ${ssim.toFixed(3)}`);
