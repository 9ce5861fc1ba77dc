// Denoise: noise over the image, and what encoding and decoding makes of it.

import { createTrack } from "../track.js";

const DRAWS = 8; // of the posterior average, which is not shown here; the fewest that the server is asked for elsewhere
const FIRST = 0.8; // where the shipped models gain on the noise

export function createDenoise(card, context) {
  const find = (selector) => card.querySelector(selector);
  const { number, say } = context;
  let seed = 0;
  let strength = FIRST;

  const track = createTrack(find(".strength"), {
    onMove: (value) => {
      strength = value;
      ask();
    },
    onRelease: settle,
    describe: (value) => `${Math.round(100 * value)} %`,
  });
  track.configure({ low: 0, high: 1 });
  find(".reseed").addEventListener("click", () => {
    seed = Math.floor(Math.random() * 1e6);
    ask();
    settle();
  });

  function settle() {
    context.link.set("noise", strength === FIRST && !seed ? null : `${Math.round(strength * 100)}_${seed}`);
    showLink();
  }

  function showLink() {
    find(".go").href = context.pageLink("repair", { noise: "gaussian", strength: String(Math.round(strength * 100) / 100), seed: String(seed) });
  }

  function ask() {
    if (!context.image) return;
    const noise = { kind: "gaussian", strength, seed };
    const asked = context.asking({ lane: context.lane("repair"), pixels: context.image.pixels, hole: null, noise, keep: true, draws: DRAWS });
    context.socket.repair(asked, drawn, (problem) => note(context.sentence(problem)));
  }

  function drawn({ pixels, shape, pictures, psnr }) {
    const size = shape.reduce((product, side) => product * side, 1);
    for (const [name, canvas] of [["damaged", ".damaged"], ["reconstruction", ".repaired"]]) {
      const at = pictures.indexOf(name);
      context.draw(find(canvas), pixels.subarray(at * size, (at + 1) * size), shape);
    }
    find(".psnr-damaged").textContent = `${number(psnr[pictures.indexOf("damaged")], 1)} dB`;
    find(".psnr-repaired").textContent = `${number(psnr[pictures.indexOf("reconstruction")], 1)} dB`;
    note("");
  }

  function note(problem) {
    find(".use-note").textContent = problem || say("psnr-words");
    find(".use-note").classList.toggle("problem", Boolean(problem));
  }

  return {
    begin() {
      const [share, given] = (context.link.get("noise") ?? "none").split("_").map(Number);
      if (share >= 0 && share <= 100) strength = share / 100;
      if (Number.isInteger(given) && given >= 0 && given < 2 ** 31) seed = given;
      track.set(strength);
      showLink();
    },
    image() {
      ask();
      showLink();
    },
    words: () => note(""),
    close: () => track.remove(),
  };
}
