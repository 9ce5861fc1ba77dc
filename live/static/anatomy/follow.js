// A track follows what is shown without taking from the hand what it has not let go of: the track's own value is no news to it.

const SAME = 1e-6;

/** Sets a track (../track.js) to a value, unless a hand holds it or it stands there already. */
export function follow(track, value) {
  if (!track.held && Math.abs(track.value - value) > SAME) track.set(value);
}
