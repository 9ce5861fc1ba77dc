// Orders to a run: pause, resume, steps, slow motion, stop, discard, learning rate and β. Each says what happened.

import { LiveError, address, ask } from "../live-fetch.js";

const SLOW = [["0", "Full speed"], ["0.05", "Slow: 20 steps/s"], ["0.2", "Slow: 5 steps/s"], ["1", "Slow: 1 step/s"]];

/**
 * The controls in `element`. `name()`: of the run. onGiven(order): an order was taken. Gives back {show(facts)}.
 */
export function createControls(element, { name, onGiven }) {
  const find = (selector) => element.querySelector(selector);
  const [rate, beta, slow] = [find(".rate"), find(".beta"), find(".slow")];
  slow.append(...SLOW.map(([value, text]) => new Option(text, value)));
  let [facts, busy] = [null, false];

  find(".pause").onclick = () => give({ order: facts.state === "paused" ? "resume" : "pause" });
  find(".step").onclick = () => give({ order: "step", steps: stepCount() });
  find(".stop").onclick = () => give({ order: "stop" });
  find(".discard").onclick = () => question(true);
  find(".keep-it").onclick = () => question(false);
  find(".discard-it").onclick = () => (question(false), give({ order: "discard" }));
  find(".continue").onclick = () => give({ order: "continue" });
  slow.onchange = () => give({ order: "slow", delay: Number(slow.value) });
  find(".apply").onclick = () => apply();
  for (const field of [rate, beta]) {
    field.onkeydown = (event) => event.key === "Enter" && apply();
    field.oninput = () => ((field.dataset.typed = "1"), showApply());
  }
  element.addEventListener("keydown", (event) => event.key === "Escape" && question(false));

  const stepCount = () => (find(".steps").value === "epoch" ? Math.max(1, facts.steps - facts.step) : Number(find(".steps").value));

  function question(on) {
    find(".sure").hidden = !on;
    find(".discard").ariaExpanded = String(on);
    if (on) find(".keep-it").focus();
    else if (element.contains(element.getRootNode().activeElement)) find(".discard").focus();
  }

  function apply() {
    const order = { order: "set" };
    for (const [field, key, words] of [[rate, "learning_rate", "The learning rate"], [beta, "beta", "β"]]) {
      if (!field.dataset.typed || field.disabled) continue;
      const value = Number(field.value.replace(",", ".").trim());
      if (!field.value.trim() || !Number.isFinite(value)) return say(`${words} is “${field.value}”; it must be a number such as ${key === "beta" ? "0.5" : "0.0005"}. Type one.`, true);
      order[key] = value;
    }
    if (Object.keys(order).length > 1) give(order);
  }

  async function give(order) {
    if (busy) return;
    busy = true;
    lock();
    try {
      const { said } = await ask(address("run", [name(), "orders"]), { method: "POST", body: JSON.stringify(order) });
      if (order.order === "set") for (const field of [rate, beta]) delete field.dataset.typed;
      say(said);
      onGiven(order.order);
    } catch (problem) {
      if (!(problem instanceof LiveError)) throw problem;
      say(problem.message, true);
    } finally {
      busy = false;
      lock();
    }
  }

  function say(text, failed = false) {
    find(".said").textContent = failed ? "" : text;
    find(".problem").textContent = failed ? text : "";
    find(".problem").hidden = !failed;
  }

  const showApply = () => (find(".apply").hidden = ![rate, beta].some((field) => field.dataset.typed));

  function lock() {
    if (!facts) return;
    const { alive, state, stopping } = facts;
    const steer = alive && !stopping && !busy;
    find(".steering").hidden = !(alive || state === "queued");
    find(".pause").disabled = find(".stop").disabled = !steer;
    find(".step").disabled = !steer || state !== "paused";
    find(".steps").disabled = !steer;
    slow.disabled = rate.disabled = find(".apply").disabled = !steer;
    beta.disabled = !steer || facts.beta === null;
    beta.closest("label").hidden = facts.beta === null; // an objective without one
    find(".discard").disabled = busy || stopping;
    find(".continue").hidden = !facts.resumable;
    find(".continue").disabled = busy;
  }

  return {
    show(next) {
      const before = facts;
      facts = next;
      find(".pause").textContent = facts.state === "paused" ? "Resume" : "Pause";
      find(".pause").title = facts.state === "paused" ? "It goes on from where it waits" : "It waits after this step; nothing is lost";
      for (const [field, value] of [[rate, facts.learning_rate], [beta, facts.beta]]) {
        const typing = field.dataset.typed || field.getRootNode().activeElement === field;
        if (!typing) field.value = typeof value === "number" ? String(Number(value.toPrecision(6))) : "";
      }
      beta.title = facts.beta === null ? "The objective of this run has no β" : "The weight of the KL from the next step on";
      if (slow.getRootNode().activeElement !== slow) slow.value = SLOW.find(([value]) => Number(value) === facts.delay)?.[0] ?? "0";
      if (before && before.state !== facts.state && !facts.alive) say("");
      showApply();
      lock();
    },
  };
}
