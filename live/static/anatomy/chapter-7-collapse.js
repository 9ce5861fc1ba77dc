// The replay of chapter 7: a run in which β rises, epoch by epoch, from its snapshots; the latent space forms, then collapses.

import { float32Of, uint8Of } from "../arrays.js";
import { createTrack } from "../track.js";
import { drawCurves } from "./chapter-7-charts.js";
import { createPlane } from "./latent-plane.js";
import { drawSheet, sheetSize } from "./picture-sheet.js";

const FRAME_MS = 260; // between two kept epochs while it plays
const GONE = 0.1; // nats: a KL below this says next to nothing
const [SHOWN, DRAWS, COLUMNS] = [6, 18, 6];
const MARKUP = `
  <header class="step-head"><h3 data-say="collapse"></h3><span class="figure epoch-text"></span></header>
  <div class="row replay"><button type="button" class="play primary"></button><div class="track" data-label="epoch-track"></div></div>
  <p class="why gone" data-figure="chapter-7.collapse"></p>
  <div class="beta-body">
    <div class="beta-left">
      <div class="means" data-figure="chapter-7.means"></div>
      <p class="caption quiet" data-say="means-caption"></p>
    </div>
    <div class="beta-middle curves" data-figure="chapter-7.curves">
      <canvas class="beta-curve" role="img" data-label="beta-curve"></canvas>
      <canvas class="kl-curve" role="img" data-label="kl-curve"></canvas>
      <canvas class="cost-curve" role="img" data-label="cost-curve"></canvas>
    </div>
    <div class="beta-right">
      <figure class="samples" data-figure="chapter-7.replayed"><span class="frame"><canvas class="originals" role="img" data-label="image"></canvas></span><figcaption data-say="originals"></figcaption>
        <span class="frame"><canvas class="returned" role="img" data-label="given-back"></canvas></span><figcaption data-say="returned"></figcaption>
        <span class="frame"><canvas class="drawn" role="img" data-label="samples"></canvas></span><figcaption data-say="replay-samples"></figcaption></figure>
    </div>
  </div>`;

/** The card of the run that made `model` {name, weights, shape}. Gives back {element, start, words, redraw, hide, close}. */
export function createCollapse(context, model) {
  const element = Object.assign(document.createElement("section"), { className: "card collapse", innerHTML: MARKUP });
  const find = (selector) => element.querySelector(selector);
  const { say, link } = context;
  const [channels, height, width] = model.shape;
  const plane = createPlane(find(".means"), { colours: context.data.colours, colour: context.colour });
  let run = null;
  let at = 0; // which of the kept epochs
  let playing = null;

  const track = createTrack(find(".replay .track"), { grain: 1, onMove: (value) => choose(Math.round(value)), onRelease: () => keep(), onHold: () => stop(), describe: () => epochText() });
  track.configure({ low: 0, high: 1 });
  for (const [selector, count] of [[".originals", SHOWN], [".returned", SHOWN], [".drawn", DRAWS]]) Object.assign(find(selector), sheetSize([height, width], count, COLUMNS));

  function choose(next) {
    at = next;
    show();
  }

  const keep = () => link.set("epoch", String(run.epochs[at]));
  const betaOf = (epoch) => (epoch === 0 ? 0 : run.curves.beta[Math.min(epoch, run.curves.beta.length) - 1]);

  function epochText() {
    return run ? say("epoch", { epoch: run.epochs[at], beta: context.number(betaOf(run.epochs[at]), 1) }) : "";
  }

  function show() {
    find(".play").textContent = say(playing ? "pause" : "play");
    if (!run) return;
    find(".epoch-text").textContent = epochText();
    if (!track.held) track.set(at);
    plane.show({ points: run.means[at], labels: run.labels });
    const [pictures, draws] = [run.reconstructions[at], run.samples[at]];
    drawSheet(find(".originals"), run.originals, [height, width, channels], SHOWN, COLUMNS);
    drawSheet(find(".returned"), pictures, [height, width, channels], SHOWN, COLUMNS);
    drawSheet(find(".drawn"), draws, [height, width, channels], DRAWS, COLUMNS);
    curves();
  }

  function curves() {
    const { epoch, beta, reconstruction } = run.curves;
    const more = { at: run.epochs[at], colour: context.colour };
    const { colours } = context.data;
    drawCurves(find(".beta-curve"), epoch, [{ values: beta, colour: context.colour("--accent") }], { ...more, title: "β" });
    const dims = run.curves.kl_per_dimension[0].map((_, d) => ({ values: run.curves.kl_per_dimension.map((line) => line[d]), colour: colours[d % colours.length], name: `z${"₁₂₃₄₅₆₇₈₉"[d] ?? ""}` }));
    drawCurves(find(".kl-curve"), epoch, dims, { ...more, title: say("kl-curve-title") });
    drawCurves(find(".cost-curve"), epoch, [{ values: reconstruction, colour: context.colour("--ink") }], { ...more, title: say("cost-curve-title"), last: true, across: say("epoch-axis") });
  }

  /** From which epoch on the KL stays below 0.1 nats; null where it does not. */
  function goneFrom() {
    const totals = run.curves.kl_per_dimension.map((line) => line.reduce((sum, value) => sum + value, 0));
    const last = totals.findLastIndex((total) => total >= GONE);
    return last + 1 < totals.length ? run.curves.epoch[last + 1] : null;
  }

  function words() {
    context.translate(element);
    plane.show({ label: say("means") });
    show();
    if (!run) return;
    const epoch = goneFrom();
    find('[data-figure="chapter-7.collapse"]').textContent = epoch === null ? say("not-gone") : say("gone", { epoch, beta: context.number(betaOf(epoch), 1) });
  }

  function stop() {
    clearInterval(playing);
    playing = null;
    find(".play").textContent = say("play");
  }

  find(".play").onclick = () => {
    if (playing) {
      stop();
      return keep();
    }
    if (!run) return;
    if (at === run.epochs.length - 1) at = -1;
    playing = setInterval(() => {
      choose(at + 1);
      if (at === run.epochs.length - 1) {
        stop();
        keep();
      }
    }, FRAME_MS);
    choose(at + 1);
  };

  words();
  return {
    element,
    async start() {
      const found = await context.ask("collapse", {}, { of: model });
      const points = float32Of(found.means);
      const rows = found.labels.length;
      const dims = points.length / rows / found.epochs.length;
      run = {
        ...found,
        means: found.epochs.map((_, each) => Float32Array.from({ length: 2 * rows }, (_, n) => points[(each * rows + (n >> 1)) * dims + (n % 2)] ?? 0)),
        originals: cut(found.originals, 1)[0],
        reconstructions: cut(found.reconstructions, found.epochs.length),
        samples: cut(found.samples, found.epochs.length),
      };
      track.configure({ low: 0, high: run.epochs.length - 1 });
      const asked = run.epochs.indexOf(Number(link.get("epoch") ?? -1));
      at = asked >= 0 ? asked : run.epochs.findIndex((epoch) => epoch >= run.epochs.at(-1) / 5);
      words();
    },
    words,
    redraw() {
      plane.redraw();
      if (run) curves();
    },
    hide: stop,
    close() {
      stop();
      track.remove();
      plane.close();
    },
  };
}

/** The bytes of packed pictures in so many equal parts. */
function cut({ pixels }, count) {
  const bytes = uint8Of(pixels);
  const size = bytes.length / count;
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
