// Decodes that nobody waits for with the hand on a slider: previews beside the picture. They are asked for in small
// batches, two on their way at a time: one is computed while the other is sent, read and drawn. A hand that takes hold
// waits for at most one of them.

const BATCH_MS = 8; // what a batch may cost the server where nothing holds it up
const FIRST = 7; // latents in the first batch of a model, whose cost is not known yet
const FEWEST = 4; // each request has a cost of its own: smaller ones gain nothing
const MOST = 112;
const FLIGHTS = 2; // more would only wait at the server
const TOGETHER_MS = 120; // what is there within it is drawn at once: each drawing lets the browser make a frame, which costs more

/**
 * `ask(jobs)` replaces what waits by jobs {latents: [latent...], side, columns, draw(sheet)}; a job is drawn when all of it
 * is there, from a canvas with its pictures, `columns` in a row, whose longer side has `side` pixels or more. `request()` gives {model, weights} and the label of a
 * conditional model. `drop()` forgets what waits and what is on its way; `onDone()` says that all that was asked for is drawn.
 */
export function createPacedDecoder(socket, lane, { request, drawStrip, onDone }) {
  const sheet = document.createElement("canvas");
  let waiting = []; // {job, at}: one latent each
  let missing = 0; // latents of what was asked for last whose pictures are not here
  const free = Array.from({ length: FLIGHTS }, (_, flight) => `${lane}-${flight}`); // taken until the reply is here, wanted or not
  let size = FIRST;
  let cost = Infinity; // ms of a latent
  let turn = 0;
  let whole = []; // jobs whose pictures are all here, not drawn yet
  let drawnAt = 0;

  function next() {
    while (free.length && waiting.length) send(free.pop());
  }

  function send(flight) {
    const mine = turn;
    const { side } = waiting[0].job;
    const most = Math.min(size, socket.limits?.max_count ?? FIRST);
    const other = waiting.findIndex(({ job }) => job.side !== side);
    const batch = waiting.splice(0, other < 0 ? most : Math.min(most, other));
    const latents = batch.map(({ job, at }) => job.latents[at]);
    const body = new Float32Array(latents.length * latents[0].length);
    latents.forEach((latent, index) => body.set(latent, index * latent.length));
    const answered = (reply) => {
      free.push(flight);
      if (reply.pixels) learn(reply);
      else if (mine === turn) refused();
      next(); // before drawing, so that the server works on while this is drawn
      if (mine !== turn || !reply.pixels) return;
      batch.forEach((part, index) => arrived(part, index, reply));
      missing -= batch.length;
      if (missing === 0 || performance.now() - drawnAt > TOGETHER_MS) drawWhole();
      if (missing === 0) onDone();
    };
    socket.decode({ ...request(), lane: flight, latents: body, count: latents.length, side }, answered, answered);
  }

  /** The picture's own request says why; what is there is shown. */
  function refused() {
    waiting = [];
    drawWhole();
  }

  /** By the quickest batch so far: one that others held up says nothing of the model, and smaller ones would be slower still. */
  function learn({ ms, count }) {
    cost = Math.min(cost, ms / count);
    size = Math.min(Math.max(Math.floor(BATCH_MS / cost), FEWEST), MOST);
  }

  function arrived({ job, at }, index, { pixels, shape }) {
    const size = shape[0] * shape[1] * shape[2];
    const count = job.latents.length;
    job.pixels ??= new Uint8Array(count * size);
    job.pixels.set(pixels.subarray(index * size, (index + 1) * size), at * size);
    job.here = (job.here ?? 0) + 1;
    if (job.here === count) whole.push({ job, shape });
  }

  function drawWhole() {
    for (const { job, shape } of whole.splice(0)) {
      drawStrip(sheet, job.pixels, shape, job.latents.length, job.columns);
      job.draw(sheet);
    }
    drawnAt = performance.now();
  }

  const decoder = {
    ask(jobs) {
      turn += 1;
      waiting = jobs.flatMap((job) => job.latents.map((_, at) => ({ job, at })));
      missing = waiting.length;
      [whole, drawnAt] = [[], performance.now()];
      next();
    },
    drop() {
      turn += 1;
      waiting = [];
    },
    /** Another model: what its pictures cost is not known. */
    reset() {
      decoder.drop();
      [size, cost] = [FIRST, Infinity];
    },
    remove() {
      decoder.drop();
      for (let flight = 0; flight < FLIGHTS; flight += 1) socket.forget(`${lane}-${flight}`);
    },
  };
  return decoder;
}
