// Figures that a hand changes at every frame are written less often: nobody reads sixty a second, and each writing lays text out anew.

const APART_MS = 90;

/** write(newest): at once, then at most every 90 ms; the last is always written. Gives back {tell(value), stop()}. */
export function createCalm(write) {
  let [last, waiting, newest] = [-Infinity, null, null];

  function go() {
    clearTimeout(waiting);
    waiting = null;
    last = performance.now();
    write(newest);
  }

  return {
    tell(value) {
      newest = value;
      const rest = last + APART_MS - performance.now();
      if (rest <= 0) go();
      else waiting ??= setTimeout(go, rest);
    },
    stop: () => clearTimeout(waiting),
  };
}
