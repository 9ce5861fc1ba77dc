// A request for each move of a hand: one on its way, and behind it the newest; what lies between is dropped.

/** Gives back ask(...given), which calls run(...given), an async function, in that manner; errors go to failed(problem). */
export function newestOnly(run, failed = () => {}) {
  let busy = false;
  let waiting = null;
  return async function ask(...given) {
    waiting = given;
    if (busy) return;
    busy = true;
    while (waiting) {
      const next = waiting;
      waiting = null;
      await run(...next).catch(failed);
    }
    busy = false;
  };
}
