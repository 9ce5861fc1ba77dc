// The formulas of the machine with the numbers of the image at hand in them.

const SAMPLE = String.raw`z_{\slot[2]{d}} = \mu + \sigma\,\varepsilon = \slot[5]{mean} + \slot[5]{std}\cdot(\slot[5]{noise}) = \slot[5]{latent}`;
const POINT = String.raw`z_{\slot[2]{d}} = \mu = \slot[5]{latent}`;
const CLOSED = String.raw`\mathrm{KL}_{\slot[2]{d}} = \tfrac12\left(\mu^2+\sigma^2-1\right)-\ln\sigma = \slot[6]{kl}`;
const DRAWN = String.raw`\mathrm{KL}_{\slot[2]{d}} \approx \log q(z_d|x) - \log p(z_d) = \slot[6]{kl}`;
const BERNOULLI = String.raw`\log p(x|z) = \textstyle\sum_i x_i\log y_i+(1-x_i)\log(1-y_i) = \slot[8]{likelihood}`;
const ANY = String.raw`\log p(x|z) = \textstyle\sum_i \log p(x_i|z) = \slot[8]{likelihood}`;
const COST = String.raw`-\,\mathrm{cost} = \textstyle\sum_i x_i\log y_i+(1-x_i)\log(1-y_i) = \slot[8]{likelihood}`;
const ELBO = String.raw`\mathrm{ELBO} = \log p(x|z) - \mathrm{KL}\big(q(z|x)\,\|\,p(z)\big) = \slot[8]{likelihood} - \slot[6]{kl} = \slot[8]{elbo}`;
const OBJECTIVE = String.raw`-\,\mathrm{cost} - \mathrm{KL}\big(q(z|x)\,\|\,p(z)\big) = \slot[8]{likelihood} - \slot[6]{kl} = \slot[8]{elbo}`;
const OF_DRAW = String.raw`\log q(z|x) - \log p(z) = \slot[6]{posterior} - (\slot[6]{prior}) = \slot[6]{difference}`;

/** What kind of model it is: {point, closed, measure, binary, note}. note: the key of what must be said of it. */
export function KINDS({ posterior, prior, measure, binary, dequantise }) {
  const point = posterior === "point";
  const note = point ? "note-point" : measure === "none" ? "note-cost" : prior !== "normal" ? "note-prior" : binary ? "note-binary" : dequantise ? "note-dequantised" : measure === "density" ? "note-density" : null;
  return { point, closed: prior === "normal", measure, binary, note };
}

/** Sets the formulas on the board `element`; gives back {show(passed, dimension), words()}. */
export function formulasOf(element, context, kind) {
  const find = (selector) => element.querySelector(selector);
  const { number } = context;
  const digits = String(context.data.latent_dim).length; // of a dimension's number
  const wide = context.data.shape.reduce((all, side) => all * side) > 200 ? 8 : 6; // digits of a sum over pixels
  const formula = (place, tex) => context.formula(place, tex.replaceAll("slot[2]", `slot[${digits}]`).replaceAll("slot[8]", `slot[${wide}]`));
  const likelihood = kind.measure === "none" ? COST : kind.binary ? BERNOULLI : ANY;
  find(".m-divergence").hidden = find(".m-elbo").hidden = find(".m-draw").hidden = kind.point;
  formula(find(".m-cost"), kind.measure === "none" ? String.raw`-\,\mathrm{cost}` : String.raw`\log p(x_i|z)`);
  formula(find(".m-x strong"), "x");
  formula(find(".m-noise strong"), String.raw`\varepsilon`);
  formula(find(".m-picture strong"), "p(x|z)");
  formula(find(".m-posterior"), kind.point ? "z" : "q(z|x)");
  const sample = formula(find(".m-sample"), kind.point ? POINT : SAMPLE);
  const divergence = formula(find(".m-divergence"), kind.closed ? CLOSED : DRAWN);
  const sum = formula(find(".m-likelihood"), likelihood);
  const elbo = formula(find(".m-elbo"), kind.measure === "none" ? OBJECTIVE : ELBO);
  const draw = formula(find(".m-draw"), OF_DRAW);
  return {
    show(found, at) {
      if (!found) return;
      const of = { d: String(at + 1), mean: number(found.mean[at]), std: number(found.std[at], 3), noise: number(context.noise[at]), latent: number(found.latent[at]) };
      sample.set(of);
      divergence.set({ d: of.d, kl: number(found.kl_per_dimension[at]) });
      sum.set({ likelihood: number(found.log_likelihood, 1) });
      elbo.set({ likelihood: number(found.log_likelihood, 1), kl: number(found.kl), elbo: number(found.elbo, 1) });
      const { log_posterior: posterior, log_prior: prior } = found;
      draw.set({ posterior: number(posterior), prior: number(prior), difference: number(posterior === null || prior === null ? null : posterior - prior) });
    },
    words() {
      find(".m-elbo").title = context.say(kind.measure === "none" ? "objective-title" : "elbo-title");
      find(".m-draw").title = context.say("of-draw-title");
      find(".m-likelihood").title = context.say(kind.measure === "none" ? "cost-title" : "likelihood-title");
      find(".m-divergence").title = context.say(kind.closed ? "kl-title" : "kl-drawn-title");
      find(".m-sample").title = context.say("sample-title");
    },
  };
}
