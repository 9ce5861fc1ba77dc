// What a chapter says in place of its figures where the model at hand cannot have them, and where to find one that can; and what
// must be known of the model's pixels.

/** A reason to show nothing: "needs-posterior", "needs-likelihood" or null. */
function whyUnsuited({ posterior, measure }, { likelihood = true } = {}) {
  if (posterior === "point") return "needs-posterior";
  return likelihood && measure === "none" ? "needs-likelihood" : null;
}

/** What a newcomer must know of x and of the unit: binary pixels are drawn once, a density may be above 1. */
export function pixelNote({ data, say }) {
  return [data.binary ? say("binary-note") : "", data.measure === "density" ? say("density-note") : ""].join(" ").trim();
}

/** An element with that reason, in words; `words()` writes it again in another language. */
function createUnsuited(context, reason) {
  const element = document.createElement("div");
  element.className = "card unsuited";
  element.innerHTML = `<p class="reason"></p><p><a></a></p>`;
  const link = element.querySelector("a");
  const words = () => {
    element.querySelector(".reason").textContent = context.say(reason, { model: context.model.name });
    link.textContent = context.say("open-digits");
    link.href = context.pageLink("anatomy", { model: "digits-2d", chapter: context.name.replace("chapter-", ""), lang: context.language });
  };
  words();
  return { element, words };
}

/**
 * A chapter on inference: `create(context, element)` over its markup, or the reason why this model cannot have it.
 * needs.likelihood: false where a mere cost will do. kind: a class of its own.
 */
export function inferenceChapter(context, markup, create, { needs = {}, kind = "" } = {}) {
  const element = Object.assign(document.createElement("div"), { className: `inference ${kind}`.trim() });
  const reason = whyUnsuited(context.data, needs);
  if (reason === null) {
    element.innerHTML = markup;
    return create(context, element);
  }
  const { element: said, words } = createUnsuited(context, reason);
  element.append(said);
  return { element, language: words };
}
