// A run as it goes: its facts once a second, its log as it grows. Nothing is asked while the page is hidden.

import { LiveError, address, ask } from "../live-fetch.js";
import { createRecords } from "./records.js";

const [ALIVE_MS, WAITING_MS, OVER_MS, HIDDEN_MS] = [1000, 2000, 6000, 4000];

/** onFacts(facts), onRecords(records), onProblem(LiveError). Gives back {watch(name), look(): at once, records, facts, stop()}. */
export function createRunSource({ onFacts, onRecords, onProblem }) {
  const records = createRecords();
  const worker = new Worker(new URL("./log-worker.js", import.meta.url), { type: "module" });
  let [name, facts, timer, asking, anew, reading] = [null, null, null, false, true, false];
  const seen = () => document.visibilityState === "visible" && look();
  document.addEventListener("visibilitychange", seen);

  async function look() {
    clearTimeout(timer);
    if (name === null || asking) return;
    if (facts && document.visibilityState !== "visible") return plan(HIDDEN_MS);
    asking = true;
    const [asked, before] = [name, facts];
    try {
      const found = await ask(address("run", [asked]), { cache: "no-store" });
      if (asked !== name) return;
      facts = found;
      if (!before || before.alive || found.alive || before.state !== found.state || anew) readLog();
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

  function readLog() {
    if (reading) return;
    reading = true;
    worker.postMessage({ address: address("run", [name, "metrics"]).href, anew });
    anew = false;
  }

  worker.onmessage = ({ data }) => {
    reading = false;
    if (data.problem !== undefined || name === null) return; // the next look asks again
    if (data.more) readLog();
    const perEpoch = facts?.steps_per_epoch || stepsOfFirstEpoch(data.steps);
    if (data.restarted || data.epochs.length || data.changes.length || data.steps.step.length) records.add(data, perEpoch);
    onRecords(records, data);
  };

  return {
    records,
    get facts() {
      return facts;
    },
    watch(next) {
      [name, facts, anew] = [next, null, true];
      records.clear();
      look();
    },
    look,
    stop() {
      name = null;
      clearTimeout(timer);
      worker.terminate();
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

// Where nobody says how many steps an epoch has: as many as were logged last of the first.
function stepsOfFirstEpoch({ step, epoch }) {
  return step.reduce((most, each, index) => (epoch[index] === 1 ? Math.max(most, each) : most), 1);
}
