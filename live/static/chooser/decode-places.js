// Pictures of latents that lie ready to be chosen, one question for each class.

/**
 * `socket`; `asking(lane, more)` makes a request about the present model; `lane`: begins the names of its lanes. Gives back
 * decode(places, draw): draw(index, pixels, shape) for each of the places, {latent, label: of a conditional model, or null}.
 */
export function createPlaceDecoder({ socket, asking, lane, onProblem }) {
  return (places, draw) => {
    for (const label of new Set(places.map((place) => place.label ?? null))) {
      const some = [...places.keys()].filter((index) => (places[index].label ?? null) === label);
      const latents = some.flatMap((index) => [...places[index].latent]);
      const request = asking(`${lane}-${label ?? ""}`, { latents, count: some.length, ...(label === null ? {} : { label }) });
      socket.decode(request, ({ pixels, shape }) => {
        const size = shape[0] * shape[1] * shape[2];
        some.forEach((index, at) => draw(index, pixels.subarray(at * size, (at + 1) * size), shape));
      }, ({ message }) => onProblem(message));
    }
  };
}
