// What chapter 6 says: the part that is chosen, its formula with the numbers of the chosen image, cells, curve and plane in words.

import { PARTS } from "./chapter-6-parts.js";

const FORMULAS = {
  draw: String.raw`x \in [0,1]^{8\times 8}`,
  encode: String.raw`q_\phi(z|x)=\mathcal N(\mu,\sigma^2):\quad \mu=\bigl(\slot[5]{m1},\,\slot[5]{m2}\bigr)\quad \sigma=\bigl(\slot[5]{s1},\,\slot[5]{s2}\bigr)`,
  sample: String.raw`\begin{aligned} z_1&=\mu_1+\sigma_1\varepsilon_1=\slot[5]{m1}+\slot[5]{s1}\cdot(\slot[5]{e1})=\slot[5]{z1}\\ z_2&=\mu_2+\sigma_2\varepsilon_2=\slot[5]{m2}+\slot[5]{s2}\cdot(\slot[5]{e2})=\slot[5]{z2}\end{aligned}`,
  decode: String.raw`\hat x=\mathrm{sigmoid}\bigl(a_\theta(z)\bigr)\qquad p_\theta(x|z)=\mathcal N(\hat x,\slot[4]{sigma}^2)`,
  error: String.raw`-\log p_\theta(x|z)=\underbrace{\sum_i\frac{(x_i-\hat x_i)^2}{2\cdot\slot[4]{sigma}^2}}_{\slot[6]{squared}}\;\slot[7]{constant}\;=\;\slot[6]{reconstruction}`,
  kl: String.raw`\mathrm{KL}=\sum_d\tfrac12\bigl(\mu_d^2+\sigma_d^2-1-\log\sigma_d^2\bigr)=\slot[5]{k1}+\slot[5]{k2}=\slot[5]{kl}`,
  gradient: String.raw`\mathrm{ELBO}=-\slot[6]{reconstruction}-\slot[5]{kl}=\slot[6]{elbo}\qquad \frac{\partial\,\mathrm{ELBO}}{\partial\mu_1}=\slot[6]{gm1}\quad\frac{\partial\,\mathrm{ELBO}}{\partial\sigma_1}=\slot[6]{gs1}`,
  update: String.raw`(\theta,\phi)\leftarrow(\theta,\phi)+\eta\,\frac{\hat m}{\sqrt{\hat v}+\delta}\,,\;\eta=\slot[4]{rate}\qquad \mathrm{ELBO}(x)\colon\;\slot[6]{elbo}\to\slot[6]{after}`,
};

/** `present()` gives {found, image, look}: what is shown. */
export function createWords(context, element, present) {
  const { say, number } = context;
  const find = (selector) => element.querySelector(selector);
  const shown = {}; // the formulas of the parts, all in the page so that none moves another
  const formulas = {};

  for (const { key } of PARTS) {
    shown[key] = document.createElement("div");
    formulas[key] = context.formula(shown[key], FORMULAS[key]);
  }
  find(".part-formula").replaceChildren(...Object.values(shown));

  const words = {
    formulas() {
      find(".digits-key").replaceChildren(...context.data.colours.slice(0, 10).map((colour, digit) => {
        const mark = Object.assign(document.createElement("span"), { textContent: String(digit) });
        mark.style.setProperty("--of", colour);
        return mark;
      }));
    },

    /** The part's sentence, formula and looks. */
    part(part, look, onChoose) {
      const { key, what, symbols, looks } = PARTS[part];
      find(".what").textContent = say(what);
      find(".symbols").textContent = say(symbols);
      for (const each of PARTS) shown[each.key].classList.toggle("away", each.key !== key);
      find(".looks").replaceChildren(...looks.map(({ symbol, title }, index) => {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: symbol, title: say(title), onclick: () => onChoose(index) });
        button.ariaPressed = String(index === look);
        return button;
      }));
    },

    numbers(of) {
      const { found } = present();
      const two = (value) => number(value, 2);
      const one = (value) => number(value, 1);
      const values = {
        m1: two(of.mean[0]), m2: two(of.mean[1]), s1: two(of.std[0]), s2: two(of.std[1]), e1: two(of.noise[0]), e2: two(of.noise[1]), z1: two(of.latent[0]), z2: two(of.latent[1]),
        k1: two(of.kls[0]), k2: two(of.kls[1]), kl: two(of.kl), squared: one(of.squared), constant: `${of.constant < 0 ? "−" : "+"} ${one(Math.abs(of.constant))}`,
        reconstruction: one(of.reconstruction), elbo: one(of.elbo), after: one(of.after), gm1: two(of.gradientMean[0]), gs1: two(of.gradientStd[0]),
        sigma: String(found.sigma), rate: String(found.learning_rate),
      };
      Object.values(formulas).forEach((formula) => formula.set(values));
    },

    /** What is under the pointer. */
    cell([row, column], grid) {
      const { look, found } = present();
      const value = number(grid.value(row, column), grid.kind === "image" && !look.grey ? 3 : Math.max(grid.digits, 3));
      if (grid.kind === "table") return say("cell-table", { image: words.imageName(row), symbol: grid.heads[column], value });
      if (grid.kind === "batch") return say("cell-batch", { image: words.imageName(row), unit: column + 1, value });
      if (grid.kind === "image") return say("cell-pixel", { row: row + 1, column: column + 1, symbol: look.symbol, value });
      if (grid.kind === "fields") {
        const pixel = grid.pixelOf(row, column);
        return say("cell-field", { unit: grid.unitOf(row, column) + 1, row: Math.floor(pixel / 8) + 1, column: (pixel % 8) + 1, symbol: look.symbol, value });
      }
      return say("cell-matrix", { row: row + 1, column: column + 1, symbol: look.symbol, value, count: found.batch });
    },

    /** What a grid is, for the line below it and for assistive tools. */
    grid({ kind, rows, columns }) {
      const { look } = present();
      const hints = { image: "hint-image", table: "hint-table", batch: "hint-batch", fields: "hint-fields", matrix: "hint-matrix" };
      const stop = context.language === "zh" ? "。" : ". ";
      return { label: `${say(look.title)}${stop}${say("heat-keys")}`, hint: `${say(look.title)}${stop}${say(hints[kind], { rows, columns })}` };
    },

    imageName: (at) => say("image-of-batch", { number: at + 1, digit: present().found.labels[at] }),

    curve() {
      const { found } = present();
      const [batch, watched] = [found.batch_elbo, found.watched_elbo];
      return { unit: say("nats"), label: say("curve-label", { steps: batch.length, first: number(watched[0], 1), last: number(watched[watched.length - 1], 1) }) };
    },

    plane() {
      const { found, image } = present();
      return say("plane-label", { step: found.step, image: words.imageName(image) });
    },
  };
  return words;
}
