// The bar of chapter 4: log p(x) is a ceiling that no q moves; the ELBO reaches up to it, and what it lacks is KL(q ‖ p(z|x)).

const THIN = 0.07; // a share too low for a line of text; the figure stands beside the ELBO's

/** {show({evidence, elbo, error, lowest, words})} in `element`; evidence null while it is not known. words: {evidence, elbo, gap, foot}. */
export function createGapBar(element) {
  element.innerHTML = `<div class="ceiling"><span class="figure"></span></div><div class="gap"><span class="figure"></span></div><div class="level"><span class="figure"></span></div><div class="foot"><span class="figure"></span></div>`;
  const find = (selector) => element.querySelector(selector);
  return {
    show({ evidence, elbo, lowest, words }) {
      const known = evidence !== null && elbo !== null;
      element.classList.toggle("unknown", !known);
      if (!known) return;
      const span = Math.max(evidence - lowest, 1e-3);
      const share = Math.min(1, Math.max(0, (evidence - elbo) / span));
      element.classList.toggle("beyond", evidence - elbo > span);
      element.classList.toggle("thin", share < THIN);
      element.style.setProperty("--lack", share.toFixed(4));
      find(".ceiling span").textContent = words.evidence;
      find(".gap span").textContent = words.gap;
      find(".level span").textContent = share < THIN ? `${words.elbo} · ${words.gap}` : words.elbo;
      find(".foot span").textContent = words.foot;
    },
  };
}
