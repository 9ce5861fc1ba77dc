// The decoder under the pointer: each place of the map, drawn at the frame rate of the screen. On a plane the place is a
// latent; on a bent map the server finds one from the points around, and says how well they support it.

import { drawStrip } from "../picture.js";
import { signed } from "./columns.js";

const LANE = "map";
const PIN_LANE = "map-pin";
const WEAK = 0.35; // support below which the words warn

/**
 * `parts`: {socket, picture, meter, place (the line with the coordinates), support (what a bent
 * map says of its approximation)}. Gives back {look(place, stamp), again(), forget()}.
 * `latent` is the one that is drawn, null before the first.
 */
export function createPointerDecoder(atlas, { socket, picture, meter, place: line, support: supportLine }) {
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
    /** A place to keep: calls back with {mean: its latent, fitted: the address of its picture, support: words or ""}. */
    keep(place, onKept) {
      const kept = (latent, support) => (reply) => onKept({ mean: latent ?? Array.from(reply.latents), fitted: addressOf(reply), support: support(reply) });
      const request = { ...asked(null), lane: PIN_LANE };
      if (!atlas.map.exact) return socket.place({ ...request, map: atlas.map.id, places: place }, kept(null, ({ support }) => supportWords(support[0])), refused);
      const latent = latentAt(atlas.map, place);
      socket.decode({ ...request, latents: latent }, kept(latent, () => ""), refused);
    },
    forget() {
      socket.forget(LANE);
      socket.forget(PIN_LANE);
      decoder.latent = null;
      last = null;
    },
  };

  const ask = (place, stamp) => (atlas.map.exact ? exact(place, stamp) : bent(place, stamp));
  const asked = (stamp) => ({ ...atlas.model, ...classOf(atlas), lane: LANE, tag: stamp });

  function exact(place, stamp) {
    decoder.latent = latentAt(atlas.map, place);
    socket.decode({ ...asked(stamp), latents: decoder.latent, screen: picture }, draw, refused);
    say(place, "");
  }

  function bent(place, stamp) {
    const drawn = (reply) => {
      decoder.latent = Array.from(reply.latents);
      draw(reply);
      say(place, supportWords(reply.support[0]));
    };
    socket.place({ ...asked(stamp), map: atlas.map.id, places: place, screen: picture }, drawn, refused);
  }

  function draw(reply) {
    const shown = picture.shown(reply);
    if (reply.tag !== null) meter.drawn(reply.tag, shown);
  }

  function say(place, support) {
    const { titles } = atlas.map;
    const coordinates = place.map((value, axis) => `${titles?.[axis] ?? "xyz"[axis]} ${signed(value)}`).join("  ");
    line.textContent = coordinates;
    if (supportLine.textContent !== support) supportLine.textContent = support;
  }

  const refused = (problem) => atlas.say(problem.message);
  return decoder;
}

/** A picture as the address of an image. */
function addressOf({ pixels, shape }) {
  const canvas = document.createElement("canvas");
  drawStrip(canvas, pixels, shape, 1);
  return canvas.toDataURL();
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
  return support < WEAK ? `≈ few dots near, support ${percent}` : `≈ support ${percent}`;
}
