// The odd one out: six images of which one was changed; a person points at it, then the model's costs are laid open.

import { uint8Of } from "../arrays.js";

const CHANGES = { quarters: "quarters-words", mirrored: "mirrored-words" };

export function createOddOne(card, context) {
  const find = (selector) => card.querySelector(selector);
  const { data, number, say } = context;
  const tally = { rounds: 0, person: 0, model: 0 };
  let seed = 1;
  let found = null;
  let guess = null;
  let asking = null;

  find(".new-row").addEventListener("click", () => open(seed + 1));
  const buttons = Array.from({ length: 6 }, (_, at) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "candidate", disabled: true, onclick: () => choose(at) });
    button.innerHTML = `<span class="frame"><canvas></canvas></span><span class="bar"><i></i></span><span class="figure cost"></span>`;
    return button;
  });
  find(".odd-row").replaceChildren(...buttons);

  async function open(next) {
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const answer = await context.ask("odd_row", { seed: next }, { signal: mine.signal });
      if (mine !== asking) return;
      const other = found && found.change !== answer.change;
      [seed, found, guess] = [next, answer, null];
      if (other) announce();
      card.classList.remove("absent");
      context.link.set("row", seed === 1 ? null : String(seed));
      show();
    } catch (problem) {
      if (mine !== asking || problem.name === "AbortError") return;
      card.classList.toggle("absent", !found); // without any row there is nothing to press
      note(context.sentence(problem), true);
    }
  }

  /** Another kind of change than in the row before: the question lights up. */
  function announce() {
    const frames = [{ background: "color-mix(in srgb, var(--accent) 30%, transparent)" }, { background: "transparent" }];
    if (context.motion) find(".use-words").animate(frames, { duration: 1800, easing: "ease-out" });
  }

  function choose(at) {
    if (!found || guess !== null) return;
    guess = at;
    tally.rounds += 1;
    if (guess === found.odd) tally.person += 1;
    if (dearest(found.costs) === found.odd) tally.model += 1;
    show();
  }

  function show() {
    if (!found) return;
    const [channels, height, width] = data.shape;
    const pixels = uint8Of(found.pictures);
    const size = channels * height * width;
    const shares = sharesOf(found.costs);
    buttons.forEach((button, at) => {
      context.draw(button.querySelector("canvas"), pixels.subarray(at * size, (at + 1) * size), [height, width, channels]);
      button.disabled = guess !== null;
      button.classList.toggle("is-odd", guess !== null && at === found.odd);
      button.classList.toggle("is-guess", at === guess);
      button.querySelector("i").style.height = guess === null ? "0%" : `${(100 * shares[at]).toFixed(1)}%`;
      button.querySelector(".cost").textContent = guess === null ? "" : number(found.costs[at], 1);
      button.ariaLabel = guess === null ? say("candidate", { number: at + 1 }) : say("candidate-costs", { number: at + 1, cost: number(found.costs[at], 1) });
    });
    find(".frames-key").classList.toggle("away", guess === null);
    find(".use-words").textContent = say(CHANGES[found.change]);
    find(".tally").textContent = tally.rounds ? say("tally", tally) : "";
    note(guess === null ? say("guess") : verdict());
  }

  function verdict() {
    const model = dearest(found.costs) === found.odd;
    const person = guess === found.odd;
    const key = person ? (model ? "both-right" : "person-right") : model ? "model-right" : "none-right";
    return `${say(key)}${context.language === "zh" ? "" : " "}${say(found.measure === "negative_elbo" ? "cost-is-elbo" : "cost-is-error")}`;
  }

  function note(words, problem = false) {
    find(".use-note").textContent = words;
    find(".use-note").classList.toggle("problem", problem);
  }

  return {
    begin() {
      find(".go").href = context.pageLink("odd");
      const given = context.link.get("row");
      open(/^\d{1,9}$/.test(given ?? "") ? Number(given) : 1);
    },
    words: () => show(),
    close: () => asking?.abort(),
  };
}

/** The place of the highest cost. */
export const dearest = (costs) => costs.indexOf(Math.max(...costs));

/** Heights of bars, 0.06 to 1: costs of a density may be negative, so they stand over the lowest. */
export function sharesOf(costs) {
  const [low, high] = [Math.min(...costs), Math.max(...costs)];
  return costs.map((cost) => (high > low ? 0.06 + 0.94 * ((cost - low) / (high - low)) : 0.06));
}
