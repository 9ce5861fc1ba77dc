// Where on a path one is: from the place 0..1 of the scrubber, at which key k of K stands at k/(K − 1), to a latent. Between
// two keys a path has many points, with straight ways between them.

/** How a leg is walked: [name, words, what it means]. */
export const PACES = [
  ["steady", "Even steps", "Equal steps along the path in the latent space"],
  ["even", "Even change", "The picture changes as much in every step"],
  ["ease", "Slow at images", "Even steps, slower where an image is reached and left"],
];

const eased = (share) => share * share * (3 - 2 * share);

/**
 * The latent Float32Array (D) at a place. `path`: {points: Float32Array (S · D), places: point of each key, way: how far
 * the picture has changed at each point, or null while that is not known}.
 */
export function latentAt(path, size, pace, place) {
  const { leg, share } = legOf(place, path.places.length);
  const [first, last] = [path.places[leg], path.places[leg + 1]];
  const at = share <= 0 ? first : share >= 1 ? last : between(path, first, last, share, pace);
  return pointAt(path.points, size, at);
}

/** How far along the path a place is, in latent units; of 1 it is the whole. */
export function distanceAt(path, size, pace, place) {
  const { leg, share } = legOf(place, path.places.length);
  const [first, last] = [path.places[leg], path.places[leg + 1]];
  const at = share <= 0 ? first : share >= 1 ? last : between(path, first, last, share, pace);
  path.lengths ??= lengthsAlong(path.points, size);
  const before = Math.min(Math.floor(at), path.lengths.length - 2);
  return path.lengths[before] + (at - before) * (path.lengths[before + 1] - path.lengths[before]);
}

/** Evenly spaced places 0..1, both ends among them. */
export const placesOf = (count) => Array.from({ length: count }, (_, index) => index / (count - 1));

function legOf(place, keys) {
  const whole = Math.min(Math.max(place, 0), 1) * (keys - 1);
  const near = Math.abs(whole - Math.round(whole)) < 1e-9 ? Math.round(whole) : whole; // a key is met exactly
  const leg = Math.min(Math.floor(near), keys - 2);
  return { leg, share: near - leg };
}

// The point, with its fraction, at a share of the leg from point `first` to `last`.
function between({ way }, first, last, share, pace) {
  if (pace === "ease") return first + eased(share) * (last - first);
  if (pace !== "even" || !way || way[last] <= way[first]) return first + share * (last - first);
  const wanted = way[first] + share * (way[last] - way[first]);
  let [low, high] = [first, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (way[middle] <= wanted) low = middle;
    else high = middle;
  }
  const step = way[high] - way[low];
  return step > 0 ? low + (wanted - way[low]) / step : low;
}

function pointAt(points, size, at) {
  const before = Math.floor(at);
  const rest = at - before;
  const start = before * size;
  if (rest === 0) return points.slice(start, start + size);
  return Float32Array.from({ length: size }, (_, index) => {
    const from = points[start + index];
    return from + rest * (points[start + size + index] - from);
  });
}

function lengthsAlong(points, size) {
  const lengths = [0];
  for (let start = size; start < points.length; start += size) {
    let square = 0;
    for (let index = start; index < start + size; index += 1) square += (points[index] - points[index - size]) ** 2;
    lengths.push(lengths.at(-1) + Math.sqrt(square));
  }
  return lengths;
}
