// Decodes that nobody waits for with the hand on a slider: previews beside the picture. They are asked for in small
// batches, one on its way at a time, so that a hand that takes hold waits for at most one of them.

const BATCH_MS = 8; // what a batch may cost the server: below it they grow, beyond twice as much they shrink
const FIRST = 7; // latents in the first batch of a model, whose cost is not known yet
const FEWEST = 4; // each request has a cost of its own: smaller ones gain nothing
const MOST = 112;

/**
 * `ask(jobs)` replaces what waits by jobs {latents: [latent...], columns, draw(sheet)}; a job is drawn when all of it
 * is there, from a canvas with its pictures, `columns` in a row. `request()` gives {model, weights} and the label of a
 * conditional model. `drop()` forgets what waits and what is on its way; `onDone()` says that all that was asked for is drawn.
 */
export function createPacedDecoder(socket, lane, { request, drawStrip, onDone }) {
  const sheet = document.createElement("canvas");
  let waiting = []; // {job, at}: one latent each
  let busy = false; // until the reply is here, wanted or not: never two on their way
  let size = FIRST;
  let turn = 0;

  function next() {
    if (busy || !waiting.length) return;
    busy = true;
    const mine = turn;
    const batch = waiting.splice(0, Math.min(size, socket.limits?.max_count ?? FIRST));
    const latents = batch.map(({ job, at }) => job.latents[at]);
    const body = new Float32Array(latents.length * latents[0].length);
    latents.forEach((latent, index) => body.set(latent, index * latent.length));
    const answered = (reply) => {
      busy = false;
      if (reply.pixels) learn(reply);
      else if (mine === turn) waiting = []; // refused: the picture's own request says why
      next(); // before drawing, so that the server works on while this is drawn
      if (mine !== turn || !reply.pixels) return;
      batch.forEach((part, index) => arrived(part, index, reply));
      if (!busy) onDone();
    };
    socket.decode({ ...request(), lane, latents: body, count: latents.length }, answered, answered);
  }

  function learn({ ms, count }) {
    if (ms > 2 * BATCH_MS) size = Math.max(FEWEST, Math.ceil(Math.min(size, count) / 2));
    else if (ms < BATCH_MS && count >= size) size = Math.min(MOST, 2 * size);
  }

  function arrived({ job, at }, index, { pixels, shape }) {
    const size = shape[0] * shape[1] * shape[2];
    const count = job.latents.length;
    job.pixels ??= new Uint8Array(count * size);
    job.pixels.set(pixels.subarray(index * size, (index + 1) * size), at * size);
    job.here = (job.here ?? 0) + 1;
    if (job.here < count) return;
    drawStrip(sheet, job.pixels, shape, count, job.columns);
    job.draw(sheet);
  }

  const decoder = {
    ask(jobs) {
      turn += 1;
      waiting = jobs.flatMap((job) => job.latents.map((_, at) => ({ job, at })));
      next();
    },
    drop() {
      turn += 1;
      waiting = [];
    },
    /** Another model: what its pictures cost is not known. */
    reset() {
      decoder.drop();
      size = FIRST;
    },
    remove() {
      decoder.drop();
      socket.forget(lane);
    },
  };
  return decoder;
}
