// The row of the eight parts: each with what it makes of the chosen image.

import { PARTS } from "./chapter-6-parts.js";

const PULSE_MS = 70; // from one part to the next

const MARKS = [
  `<canvas class="small-picture" data-figure="chapter-6.image"></canvas>`,
  `<span class="figure" data-figure="chapter-6.posterior"></span>`,
  `<span class="figure" data-figure="chapter-6.latent"></span>`,
  `<canvas class="small-picture" data-figure="chapter-6.picture"></canvas>`,
  `<span class="figure" data-figure="chapter-6.reconstruction"></span>`,
  `<span class="figure" data-figure="chapter-6.kl"></span>`,
  `<span class="figure" data-figure="chapter-6.elbo"></span>`,
  `<span class="figure" data-figure="chapter-6.elbo-after"></span>`,
];

/** Cards in `element`: {show(found, image, numbers), choose(index), pulse(), words()}. */
export function createCards(element, context, onChoose) {
  const { number, say } = context;
  const buttons = PARTS.map(({ name }, index) => {
    const button = Object.assign(document.createElement("button"), { type: "button", role: "tab", className: "part" });
    button.innerHTML = `<span class="part-name"><b>${index + 1}</b> <span data-say="${name}"></span></span><span class="part-mark">${MARKS[index]}</span>`;
    button.onclick = () => onChoose(index);
    button.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (index + step + PARTS.length) % PARTS.length;
      buttons[next].focus();
      onChoose(next);
    };
    return button;
  });
  element.replaceChildren(...buttons);
  const mark = (index) => buttons[index].querySelector("[data-figure]");
  const pair = ([one, other], digits = 2) => `${number(one, digits)}  ${number(other, digits)}`;

  return {
    show({ tensors }, image, { mean, std, noise, latent, reconstruction, kl, kls, elbo, after }) {
      const [, , height, width] = tensors.images.shape;
      const greys = (values) => Uint8Array.from(values.subarray(image * height * width, (image + 1) * height * width), (value) => Math.round(255 * value));
      context.draw(mark(0), greys(tensors.images), [height, width, 1]);
      context.draw(mark(3), greys(tensors.picture), [height, width, 1]);
      mark(1).textContent = `μ ${pair(mean)}\nσ ${pair(std)}`;
      mark(2).textContent = `ε ${pair(noise)}\nz ${pair(latent)}`;
      mark(4).textContent = `−log p(x|z)\n${number(reconstruction, 1)} ${say("nats")}`;
      mark(5).textContent = `${number(kls[0], 2)} + ${number(kls[1], 2)}\n= ${number(kl, 2)} ${say("nats")}`;
      mark(6).textContent = `ELBO\n${number(elbo, 1)} ${say("nats")}`;
      mark(7).textContent = `ELBO ${number(elbo, 1)}\n→ ${number(after, 1)}`;
    },
    choose(chosen) {
      buttons.forEach((button, index) => {
        button.ariaSelected = String(index === chosen);
        button.tabIndex = index === chosen ? 0 : -1;
      });
    },
    /** What has just been computed runs along the parts. */
    pulse() {
      if (!context.motion) return;
      buttons.forEach((button, index) => button.animate([{ boxShadow: "0 0 0 2px var(--accent)" }, { boxShadow: "0 0 0 2px transparent" }], { duration: 320, delay: index * PULSE_MS, fill: "backwards", easing: "ease-out" }));
    },
    words() {
      context.translate(element);
    },
  };
}
