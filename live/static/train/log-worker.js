// Reads a run's log beside the page: what was appended since the last look, by byte offset, as columns.

import { STEP_COLUMNS, readLines } from "./log-lines.js";

let [offset, mark] = [0, ""];

/** Asked with {address}; answers {epochs, changes, steps, broken, restarted, more} or {problem, missing}. */
self.onmessage = async ({ data: { address, anew } }) => {
  if (anew) [offset, mark] = [0, ""];
  try {
    self.postMessage(...(await look(address)));
  } catch (problem) {
    self.postMessage({ problem: String(problem?.message ?? problem) });
  }
};

async function look(address) {
  const place = new URL(address);
  place.searchParams.set("from", offset);
  place.searchParams.set("mark", mark);
  const answer = await fetch(place, { cache: "no-store" });
  if (!answer.ok) return [{ problem: (await answer.json().catch(() => null))?.message ?? "", missing: answer.status === 404 }];
  const restarted = answer.headers.get("X-Restarted") === "1";
  offset = Number(answer.headers.get("X-Next"));
  mark = answer.headers.get("X-Mark");
  const found = readLines(await answer.text());
  const more = answer.headers.get("X-More") === "1";
  return [{ ...found, restarted, more }, { transfer: STEP_COLUMNS.map((name) => found.steps[name].buffer) }];
}
