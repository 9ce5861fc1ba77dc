// Interpolate: on the straight way between the codes of two images, decoded at each move.

import { imageAddress, startLatent } from "../live-fetch.js";
import { pixelsAt } from "../repair/clean-picture.js";
import { createTrack } from "../track.js";

export function createInterpolate(card, context) {
  const find = (selector) => card.querySelector(selector);
  const { data, number, say } = context;
  let share = 0.5;
  let other = null; // {row, mean}
  let opening = null;

  const track = createTrack(find(".along"), {
    onMove: (value) => {
      share = value;
      decode();
    },
    onRelease: settle,
    describe: (value) => `t = ${number(value, 2)}`,
  });
  track.configure({ low: 0, high: 1 });
  find(".other-image").addEventListener("click", () => openOther(Math.floor(Math.random() * data.images)));

  function settle() {
    context.link.set("t", share === 0.5 ? null : share.toFixed(2));
    showLink();
  }

  function showLink() {
    const rows = context.image?.row !== null && context.image?.row !== undefined && Number.isInteger(other?.row);
    find(".go").href = context.pageLink("morph", { t: share.toFixed(2), ...(rows ? { a: context.image.row, b: other.row } : {}) });
  }

  /** The other end: an image of the data set as the model encodes it, or a draw from the prior where there are none. */
  async function openOther(row) {
    const mine = (opening = {});
    try {
      const found = data.images ? await encoded(row) : await drawn();
      if (mine !== opening) return;
      other = found;
      context.link.set("other", data.images ? String(row) : null);
      decode();
      showLink();
    } catch (problem) {
      if (mine === opening) note(context.sentence(problem));
    }
  }

  async function encoded(row) {
    const pixels = await pixelsAt(imageAddress(data, row, "auto"), data.shape);
    const { mean } = await new Promise((go, stop) => {
      const asked = context.asking({ lane: context.lane("other"), pixels, noise: new Float32Array(data.latent_dim) });
      context.socket.pass(asked, go, stop);
    });
    context.drawImage(find(".to"), pixels);
    return { row, mean };
  }

  async function drawn() {
    const { model, weights } = data;
    const { latent } = await startLatent({ model, weights, from: "prior", seed: 1 });
    const asked = context.asking({ lane: context.lane("other"), latents: latent });
    context.socket.decode(asked, ({ pixels, shape }) => context.draw(find(".to"), pixels, shape));
    return { row: null, mean: Float32Array.from(latent) };
  }

  function decode() {
    if (!other || !context.code) return;
    const latents = between(context.code.mean, other.mean, share);
    const asked = context.asking({ lane: context.lane("between"), latents });
    context.socket.decode(asked, ({ pixels, shape }) => context.draw(find(".between canvas"), pixels, shape), (problem) => note(context.sentence(problem)));
    note("");
  }

  function note(problem) {
    find(".use-note").textContent = problem || say("between-words", { t: number(share, 2), rest: number(1 - share, 2) });
    find(".use-note").classList.toggle("problem", Boolean(problem));
  }

  return {
    begin() {
      const given = Number(context.link.get("t") ?? "0.5");
      share = given >= 0 && given <= 1 ? given : 0.5;
      track.set(share);
      const row = /^\d{1,9}$/.test(context.link.get("other") ?? "") ? Number(context.link.get("other")) : -1;
      openOther(row >= 0 && row < data.images ? row : Math.floor(data.images / 2));
    },
    image() {
      context.drawImage(find(".from"), context.image.pixels);
      if (other && data.conditional && Number.isInteger(other.row)) openOther(other.row); // it is encoded under the class at hand
      decode();
      showLink();
    },
    words: () => note(""),
    close: () => track.remove(),
  };
}

/** (1 − t) a + t b. */
export const between = (one, other, share) => Float32Array.from(one, (value, at) => (1 - share) * value + share * other[at]);
