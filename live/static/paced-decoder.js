// Decodes that nobody waits for with the hand on a slider: previews beside the picture. They are asked for in small
// batches, one on its way at a time, so that a hand that takes hold waits for at most one of them.

const BATCH_MS = 3; // what a batch may cost the server
const FIRST = 8; // latents in the first batch of a model, whose cost is not known yet

/**
 * `ask(jobs)` replaces what waits by jobs {latents: [latent...], draw(sheet, shape)}, `sheet` being a canvas with the
 * job's pictures side by side; `request()` gives {model, weights} and the label of a conditional model. `drop()` forgets
 * what waits and what is on its way; `idle` says whether there is nothing of either.
 */
export function createPacedDecoder(socket, lane, { request, drawStrip }) {
  const sheet = document.createElement("canvas");
  let waiting = [];
  let busy = false; // until the reply is here, wanted or not: never two on their way
  let cost = null; // milliseconds per latent, the server's
  let turn = 0;

  function next() {
    if (busy || !waiting.length) return;
    busy = true;
    const mine = turn;
    const batch = waiting.splice(0, fitting());
    const latents = batch.flatMap((job) => job.latents);
    const body = new Float32Array(latents.length * latents[0].length);
    latents.forEach((latent, index) => body.set(latent, index * latent.length));
    const answered = (reply) => {
      busy = false;
      if (mine === turn && !reply.pixels) waiting = []; // refused: the picture's own request says why
      else if (reply.pixels) learn(reply);
      next(); // before drawing, so that the server works on while this is drawn
      if (mine === turn && reply.pixels) draw(batch, reply);
    };
    socket.decode({ ...request(), lane, latents: body, count: latents.length }, answered, answered);
  }

  /** How many of the waiting jobs make a batch; one at least. */
  function fitting() {
    const most = Math.min(cost === null ? FIRST : BATCH_MS / cost, socket.limits?.max_count ?? 64);
    let [jobs, latents] = [1, waiting[0].latents.length];
    while (jobs < waiting.length && (latents += waiting[jobs].latents.length) <= most) jobs += 1;
    return jobs;
  }

  function learn({ ms, count }) {
    const now = ms / count;
    cost = cost === null ? now : 0.7 * cost + 0.3 * now;
  }

  function draw(batch, { pixels, shape }) {
    const size = shape[0] * shape[1] * shape[2];
    let start = 0;
    for (const job of batch) {
      const end = start + job.latents.length;
      drawStrip(sheet, pixels.subarray(start * size, end * size), shape, job.latents.length);
      job.draw(sheet, shape);
      start = end;
    }
  }

  const decoder = {
    get idle() {
      return !busy && !waiting.length;
    },
    ask(jobs) {
      turn += 1;
      waiting = [...jobs];
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
