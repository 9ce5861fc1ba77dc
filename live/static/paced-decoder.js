// Decodes that nobody waits for with the hand on a slider: previews beside the picture. They are asked for in small
// batches, one on its way at a time, so that a hand that takes hold waits for at most one of them.

const BATCH_MS = 3; // what a batch may cost the server
const FIRST = 7; // latents in the first batch of a model, whose cost is not known yet

/**
 * `ask(jobs)` replaces what waits by jobs {latents: [latent...], columns, draw(sheet)}; a job is drawn when all of it
 * is there, from a canvas with its pictures, `columns` in a row. `request()` gives {model, weights} and the label of a
 * conditional model. `drop()` forgets what waits and what is on its way.
 */
export function createPacedDecoder(socket, lane, { request, drawStrip }) {
  const sheet = document.createElement("canvas");
  let waiting = []; // {job, at}: one latent each
  let busy = false; // until the reply is here, wanted or not: never two on their way
  let cost = null; // milliseconds per latent, the server's
  let turn = 0;

  function next() {
    if (busy || !waiting.length) return;
    busy = true;
    const mine = turn;
    const most = cost === null ? FIRST : Math.min(BATCH_MS / cost, socket.limits?.max_count ?? 64);
    const batch = waiting.splice(0, Math.max(1, Math.floor(most)));
    const latents = batch.map(({ job, at }) => job.latents[at]);
    const body = new Float32Array(latents.length * latents[0].length);
    latents.forEach((latent, index) => body.set(latent, index * latent.length));
    const answered = (reply) => {
      busy = false;
      if (reply.pixels) learn(reply);
      else if (mine === turn) waiting = []; // refused: the picture's own request says why
      next(); // before drawing, so that the server works on while this is drawn
      if (mine === turn && reply.pixels) batch.forEach((part, index) => arrived(part, index, reply));
    };
    socket.decode({ ...request(), lane, latents: body, count: latents.length }, answered, answered);
  }

  function learn({ ms, count }) {
    const now = ms / count; // one that was held up says little: costs fall at once and rise slowly
    cost = cost === null || now < cost ? now : 0.9 * cost + 0.1 * now;
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
      cost = null;
    },
    remove() {
      decoder.drop();
      socket.forget(lane);
    },
  };
  return decoder;
}
