// Generate: a place in the latent space under the pointer, decoded at each move.

import { startLatent } from "../live-fetch.js";
import { onPointerMoves } from "../pointer.js";

const EDGE = 3; // standard deviations of a normal prior to each side
const APART = 1; // pixel around each, so that one can be told from the next
const TILES = 7; // to a side of the pad
const FINE = 0.1;
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** The two dimensions that carry most, the stronger across; one where there is only one. */
export function strongest(nats, size) {
  const order = Array.from({ length: size }, (_, at) => at).sort((one, other) => (nats?.[other] ?? 0) - (nats?.[one] ?? 0) || one - other);
  return order.slice(0, 2).sort((one, other) => one - other);
}

export function createGenerate(card, context) {
  const find = (selector) => card.querySelector(selector);
  const { data, number, say } = context;
  const [pad, tiles, knob] = [".pad", ".tiles", ".knob"].map(find);
  const axes = strongest(data.nats, data.latent_dim);
  const latent = new Float32Array(data.latent_dim);
  let held = null;

  // --- the hand

  const clamp = (value) => Math.min(Math.max(value, -EDGE), EDGE);

  function toPointer(event) {
    const box = pad.getBoundingClientRect();
    move([((event.clientX - box.left) / box.width) * 2 - 1, 1 - ((event.clientY - box.top) / box.height) * 2].map((share) => share * EDGE));
  }

  function move(place) {
    axes.forEach((axis, way) => (latent[axis] = Math.round(clamp(place[way]) * 100) / 100));
    show();
    decode();
  }

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = event.pointerId;
    pad.setPointerCapture(held);
    toPointer(event);
  });
  onPointerMoves(pad, (event) => event.pointerId === held && toPointer(event));
  for (const name of ["pointerup", "pointercancel"]) pad.addEventListener(name, settle);
  pad.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? FINE / 10 : FINE;
    move([0, 1].map((axis) => (latent[axes[axis]] ?? 0) + way[axis] * step));
  });
  pad.addEventListener("keyup", settle);
  find(".draw-prior").addEventListener("click", draw);

  function settle() {
    held = null;
    context.link.set("z", axes.map((axis) => number(latent[axis], 2).replace("−", "-")).join("_"));
    showLink();
  }

  async function draw() {
    try {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const { model, weights } = data;
      latent.set((await startLatent({ model, weights, from: "prior", seed })).latent);
      show();
      decode();
      decodeTiles();
      settle();
      note("");
    } catch (problem) {
      note(context.sentence(problem));
    }
  }

  // --- what is shown

  function decode() {
    const asked = context.asking({ lane: context.lane("generate"), latents: latent });
    context.socket.decode(asked, ({ pixels, shape }) => context.draw(find(".made canvas"), pixels, shape), (problem) => note(context.sentence(problem)));
  }

  /** The plane of the two dimensions, the others as they stand, in small pictures. */
  function decodeTiles() {
    const middle = (index) => ((index + 0.5) / TILES) * 2 * EDGE - EDGE;
    const all = Array.from({ length: TILES * TILES }, (_, tile) => {
      const place = Float32Array.from(latent);
      [middle(tile % TILES), -middle(Math.floor(tile / TILES))].forEach((value, way) => axes[way] !== undefined && (place[axes[way]] = value));
      return [...place];
    });
    const asked = context.asking({ lane: context.lane("tiles"), latents: all.flat(), count: all.length });
    context.socket.decode(asked, ({ pixels, shape }) => drawTiles(pixels, shape), (problem) => note(context.sentence(problem)));
  }

  function drawTiles(pixels, [height, width, channels]) {
    const [across, down] = [width + 2 * APART, height + 2 * APART];
    Object.assign(tiles, { width: across * TILES, height: down * TILES });
    const pen = tiles.getContext("2d");
    const tile = document.createElement("canvas");
    const size = height * width * channels;
    for (let at = 0; at < TILES * TILES; at++) {
      context.draw(tile, pixels.subarray(at * size, (at + 1) * size), [height, width, channels]);
      pen.drawImage(tile, (at % TILES) * across + APART, Math.floor(at / TILES) * down + APART);
    }
  }

  function show() {
    const [across, up] = [latent[axes[0]] ?? 0, latent[axes[1]] ?? 0].map((value) => clamp(value) / EDGE);
    Object.assign(knob.style, { left: `${50 + 50 * across}%`, top: `${50 - 50 * up}%` });
    const words = axes.map((axis) => `z${subscript(axis + 1)} = ${number(latent[axis], 2)}`);
    find(".place").textContent = words.join("\n");
    pad.ariaLabel = `${say("pad-label")} ${words.join(", ")}`;
  }

  function showLink() {
    find(".go").href = context.pageLink("generate");
  }

  function note(problem) {
    const said = [problem];
    if (!problem && data.posterior === "point") said.push(say("no-prior"));
    else if (!problem && data.latent_dim > 2) said.push(say("two-of-many", { one: axes[0] + 1, other: axes[1] + 1, count: data.latent_dim }));
    find(".use-note").textContent = said.filter(Boolean).join(" ");
    find(".use-note").classList.toggle("problem", Boolean(problem));
  }

  return {
    begin() {
      const given = (context.link.get("z") ?? "").split("_").map(Number);
      axes.forEach((axis, way) => (latent[axis] = Number.isFinite(given[way]) ? clamp(given[way]) : 0));
      show();
      showLink();
      decode();
      decodeTiles();
    },
    image() {
      showLink();
      if (data.conditional) [decode(), decodeTiles()];
    },
    words() {
      show();
      note("");
    },
  };
}

const subscript = (value) => [...String(value)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
