// The decoder under the pointer: each place of the map, drawn at the frame rate of the screen. On a plane the place is a
// latent; on a bent map the server finds one from the points around, and says how well they support it.

const LANE = "map";
const WEAK = 0.35; // support below which the words warn

/**
 * `parts`: {socket, picture, meter, place (the line with the coordinates)}. Gives back {look(place, stamp, row), again(), forget()}.
 * `latent` is the one that is drawn, null before the first.
 */
export function createPointerDecoder(atlas, { socket, picture, meter, place: line }) {
  let last = null; // the place that is drawn
  const decoder = {
    latent: null,
    /** The pointer is at a place; one that it has told already (early events come twice) asks for nothing. */
    look(place, stamp) {
      const told = last?.every((value, axis) => value === place?.[axis]);
      if (!place || told) return;
      last = place;
      if (stamp !== null) meter.sent(stamp);
      ask(place, stamp);
    },
    /** The same place under another class. */
    again() {
      if (last) ask(last, null);
    },
    forget() {
      socket.forget(LANE);
      decoder.latent = null;
      last = null;
    },
  };

  const ask = (place, stamp) => (atlas.map.exact ? exact(place, stamp) : bent(place, stamp));
  const asked = (stamp) => ({ ...atlas.model, ...classOf(atlas), lane: LANE, tag: stamp });

  function exact(place, stamp) {
    decoder.latent = latentAt(atlas.map, place);
    socket.decode({ ...asked(stamp), latents: decoder.latent }, draw, refused);
    say(place, "");
  }

  function bent(place, stamp) {
    const drawn = (reply) => {
      decoder.latent = Array.from(reply.latents);
      draw(reply);
      say(place, supportWords(reply.support[0]));
    };
    socket.place({ ...asked(stamp), map: atlas.map.id, places: place }, drawn, refused);
  }

  function draw({ pixels, shape, tag }) {
    const changed = picture.draw(pixels, shape);
    if (tag !== null && tag !== undefined) meter.drawn(tag, changed);
  }

  function say(place, support) {
    const { titles } = atlas.map;
    const coordinates = place.map((value, axis) => `${titles?.[axis] ?? "xyz"[axis]} ${signed(value)}`).join("  ");
    line.textContent = support ? `${coordinates}  ${support}` : coordinates;
    line.title = support ? "A bent map has no exact way back: this code is drawn from those of the dots around" : "";
  }

  const refused = (problem) => atlas.say(problem.message);
  return decoder;
}

/** The latent of a place of a plane. */
export function latentAt({ origin, axes }, place) {
  return origin.map((value, index) => axes.reduce((sum, axis, k) => sum + place[k] * axis[index], value));
}

/** The option `label` of a conditional model; nothing for any other. */
export function classOf({ label }) {
  return label === null ? {} : { label };
}

function supportWords(support) {
  const percent = `${Math.round(100 * support)} %`;
  return support < WEAK ? `≈ support ${percent}: far from any dot` : `≈ support ${percent}`;
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
