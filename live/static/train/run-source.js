// A run as it goes: its facts once a second, its log as it grows. Nothing is asked while the page is hidden.

import { LiveError, address, answerOf, ask } from "../live-fetch.js";
import { readLog } from "./log-lines.js";
import { createRecords } from "./records.js";

const START = { from: 0, mark: "" }; // of the log
const [ALIVE_MS, WAITING_MS, OVER_MS, HIDDEN_MS] = [1000, 2000, 6000, 4000];

/** onFacts(facts), onRecords(records), onProblem(LiveError). Gives back {watch(name), look(): at once, records, facts, stop()}. */
export function createRunSource({ onFacts, onRecords, onProblem }) {
  const records = createRecords();
  let [name, facts, timer, asking, reading, place] = [null, null, null, false, null, null]; // place: none before the log was read
  const seen = () => document.visibilityState === "visible" && look();
  document.addEventListener("visibilitychange", seen);

  async function look() {
    clearTimeout(timer);
    if (name === null || asking) return;
    if (facts && document.visibilityState !== "visible") return plan(HIDDEN_MS);
    asking = true;
    const [asked, before] = [name, facts];
    const coming = ask(address("run", [asked]), { cache: "no-store" });
    if (!place) followLog(coming.then((found) => asked === name && (facts = found), () => null)); // beside the facts: it is the longer of the two
    try {
      const found = await coming;
      if (asked !== name) return;
      facts = found;
      if (before && (before.alive || found.alive || before.state !== found.state)) followLog();
      onFacts(found, before);
    } catch (problem) {
      if (!(problem instanceof LiveError)) throw problem;
      if (asked === name) onProblem(problem);
    } finally {
      asking = false;
      if (asked === name) plan(facts?.alive ? ALIVE_MS : facts?.state === "queued" ? WAITING_MS : OVER_MS);
      else look();
    }
  }

  function plan(ms) {
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  }

  /** Reads on in the log; it is shown once the facts say how many steps an epoch has. */
  async function followLog(factsCome) {
    const asked = name;
    if (asked === null || reading === asked) return;
    reading = asked;
    let more = false;
    try {
      const found = await nextPiece(asked, place ?? START);
      await factsCome;
      if (asked !== name || !facts) return;
      [place, more] = [found.next, found.more];
      take(found);
    } catch (problem) {
      if (!(problem instanceof LiveError)) throw problem; // the next look asks again
    } finally {
      if (reading === asked) reading = null;
      if (more && asked === name) followLog();
    }
  }

  function take(found) {
    const perEpoch = facts.steps_per_epoch || stepsOfFirstEpoch(found.steps);
    if (found.restarted || found.epochs.length || found.changes.length || found.steps.step.length) records.add(found, perEpoch);
    onRecords(records, found);
  }

  return {
    records,
    get facts() {
      return facts;
    },
    watch(next) {
      [name, facts, place] = [next, null, null];
      records.clear();
      look();
    },
    look,
    stop() {
      name = null;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

/** The lines appended since a place of the log: what readLog gives, `next` place, whether there is `more`, `restarted`. */
async function nextPiece(name, { from, mark }) {
  const answer = await answerOf(address("run", [name, "log"], { from, mark }));
  const told = (header) => answer.headers.get(header);
  const found = readLog(await answer.arrayBuffer(), Number(told("X-Steps")));
  return { ...found, next: { from: Number(told("X-Next")), mark: told("X-Mark") }, more: told("X-More") === "1", restarted: told("X-Restarted") === "1" };
}

// Where nobody says how many steps an epoch has: as many as were logged last of the first.
function stepsOfFirstEpoch({ step, epoch }) {
  return step.reduce((most, each, index) => (epoch[index] === 1 ? Math.max(most, each) : most), 1);
}
