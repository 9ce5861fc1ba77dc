// The scrubber that moves by itself: once, round and round, or to and fro.

const LEG_MS = 2600; // from the first image to the next; each further one takes half as long again

/** `start(place, legs, turning)` begins, `stop()` ends; `onPlace(place)` is called for every frame of the screen, `onEnd()` when it stops by itself. */
export function createPlayer({ onPlace, onEnd }) {
  let beat = null;

  function stop() {
    cancelAnimationFrame(beat);
    beat = null;
  }

  return {
    get playing() {
      return beat !== null;
    },
    stop,
    start(place, legs, turning) {
      stop();
      const whole = LEG_MS * (1 + (legs - 1) / 2);
      const first = turning === "once" && place >= 1 ? 0 : place;
      const begun = performance.now() - first * whole;
      const step = (now) => {
        const turns = Math.max(0, now - begun) / whole;
        if (turning === "once" && turns >= 1) {
          stop();
          onPlace(1);
          return onEnd();
        }
        beat = requestAnimationFrame(step);
        onPlace(turning === "swing" ? 1 - Math.abs((turns % 2) - 1) : turns % 1);
      };
      beat = requestAnimationFrame(step);
    },
  };
}
