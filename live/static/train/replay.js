// The slider over the epochs of a run, and its play: which snapshot is shown. Following, it goes with the newest.

import { createTrack } from "../track.js";

const [FASTEST_MS, SHORTEST_MS] = [70, 3500]; // of one epoch, and of a whole film

/** The epoch of a snapshot that is nearest to a place of the slider; of two the earlier. */
export function nearestEpoch(epochs, place) {
  return epochs.reduce((best, epoch) => (Math.abs(epoch - place) < Math.abs(best - place) ? epoch : best), epochs[0]);
}

/**
 * In `element` with .play, .follow, .track, .epoch-words. onEpoch(epoch, stamp or null): another one is shown; `moving` says
 * whether a hand or play moves it. onRest(): the hand let go. Gives back {set(epochs, reach, alive), go(epoch or null to follow), epoch, following}.
 */
export function createReplay(element, { onEpoch, onRest }) {
  const find = (selector) => element.querySelector(selector);
  let [epochs, epoch, following, alive, beat, playing, wished] = [[], null, true, false, null, false, null];
  const track = createTrack(find(".track"), {
    grain: 1,
    onMove: (value, event) => (stop(), leaveFollowing(), to(nearestEpoch(epochs, value), event.timeStamp)),
    onRelease: () => onRest(),
    describe: (value) => `epoch ${nearestEpoch(epochs, value)}`,
  });

  function to(next, stamp) {
    if (next === epoch) return;
    epoch = next;
    words();
    onEpoch(epoch, stamp);
  }

  function words() {
    const last = epochs.at(-1);
    find(".epoch-words").textContent = epoch === null ? "" : epoch === 0 ? "before training" : `epoch ${epoch}`;
    find(".epoch-of").textContent = last === undefined ? "" : `of ${last}`;
    find(".follow").ariaPressed = String(following && alive);
    find(".follow").hidden = !alive;
    find(".play").textContent = playing ? "Stop" : "Replay";
    find(".play").ariaPressed = String(playing);
    find(".play").disabled = epochs.length < 2;
  }

  function leaveFollowing() {
    following = false;
    words();
  }

  function stop() {
    cancelAnimationFrame(beat);
    [beat, playing] = [null, false];
    words();
  }

  function play() {
    leaveFollowing();
    const first = epoch === epochs.at(-1) ? 0 : epochs.indexOf(epoch);
    const each = Math.max(FASTEST_MS, SHORTEST_MS / epochs.length);
    const begun = performance.now() - first * each;
    playing = true;
    const step = (now) => {
      const place = Math.min(epochs.length - 1, Math.max(0, Math.floor((now - begun) / each)));
      track.set(epochs[place]);
      to(epochs[place], null);
      if (place === epochs.length - 1) return stop(), onRest();
      beat = requestAnimationFrame(step);
    };
    beat = requestAnimationFrame(step);
    words();
  }

  find(".play").onclick = () => (playing ? stop() : play());
  find(".follow").onclick = () => replay.go(null);

  const replay = {
    get epoch() {
      return epoch;
    },
    get following() {
      return following;
    },
    get playing() {
      return playing;
    },
    get moving() {
      return playing || track.held;
    },
    set(next, isAlive) {
      [epochs, alive] = [next, isAlive];
      element.hidden = epochs.length === 0;
      if (!epochs.length) return;
      track.configure({ low: epochs[0], high: Math.max(epochs.at(-1), epochs[0] + 1) });
      if (following || epoch === null) {
        const first = wished === null ? epochs.at(-1) : nearestEpoch(epochs, wished);
        wished = null;
        track.set(first);
        to(first, null);
      } else if (!epochs.includes(epoch)) to(nearestEpoch(epochs, epoch), null);
      words();
    },
    /** The snapshot nearest to an epoch; null follows the newest. */
    go(wanted) {
      stop();
      following = wanted === null;
      if (!epochs.length) return void (wished = wanted);
      const next = following ? epochs.at(-1) : nearestEpoch(epochs, wanted);
      track.set(next);
      to(next, null);
      words();
      onRest();
    },
    remove() {
      stop();
      track.remove();
    },
  };
  return replay;
}
