// Pictures of many places of a map, for layers that nobody waits for: in batches of about 4 ms, one on its way at a time, so
// that a hand that moves over the map waits for at most one of them.

import { latentSocket } from "../latent-socket.js";

const BATCH_MS = 4; // what a batch may cost the server
const FIRST = 8; // places in the first batch, whose cost is not known yet
const FEWEST = 4;
const MOST = 128;

/** The latent of a place on an exact map: origin + x · axes[0] + y · axes[1]. */
export function latentOf({ origin, axes }, [x, y]) {
  return origin.map((value, dimension) => value + x * axes[0][dimension] + y * axes[1][dimension]);
}

export class PlaceDecoder {
  #waiting = []; // places
  #busy = false;
  #size = FIRST;
  #turn = 0;
  #job = null;

  /** `lane`: of the socket, one per layer. */
  constructor(lane) {
    Object.assign(this, { lane, socket: latentSocket() });
  }

  /**
   * map: what MapView.setMap was told; places: [[x, y], ...]. drawn({pixels, shape, support or null}, first, count) for each
   * batch of them in order; ended(problem or null) when all are there or none will come. What was asked before is dropped.
   */
  ask(map, places, drawn, ended = () => {}) {
    this.#turn += 1;
    this.#waiting = places;
    this.#job = { map, at: 0, drawn, ended };
    if (places.length === 0) ended(null);
    else this.#next();
  }

  drop() {
    this.#turn += 1;
    this.#waiting = [];
  }

  /** Another model: what its pictures cost is not known. */
  reset() {
    this.drop();
    this.#size = FIRST;
  }

  remove() {
    this.drop();
    this.socket.forget(this.lane);
  }

  #next() {
    const job = this.#job;
    if (this.#busy || job.at >= this.#waiting.length) return;
    this.#busy = true;
    const turn = this.#turn;
    const first = job.at;
    const batch = this.#waiting.slice(first, first + Math.min(this.#size, this.socket.limits?.max_count ?? FIRST));
    job.at += batch.length;
    this.#send(job.map, batch, (reply) => {
      this.#busy = false;
      if (reply.pixels) this.#learn(reply);
      if (turn !== this.#turn) return this.#next();
      if (!reply.pixels) return this.#failed(job, reply.message);
      this.#next(); // before drawing, so that the server works on while this is drawn
      job.drawn(reply, first, batch.length);
      if (first + batch.length >= this.#waiting.length) job.ended(null);
    });
  }

  #send(map, batch, answered) {
    const { model, weights, label } = map;
    const common = { model, weights, label, lane: this.lane, count: batch.length };
    if (map.exact) {
      const latents = batch.flatMap((place) => latentOf(map, place));
      this.socket.decode({ ...common, latents }, answered, answered);
    } else this.socket.place({ ...common, map: map.id, places: batch.flat() }, answered, answered);
  }

  #failed(job, message) {
    this.#waiting = [];
    job.ended(message);
  }

  #learn({ ms, count }) {
    if (ms > 2 * BATCH_MS) this.#size = Math.max(FEWEST, Math.ceil(Math.min(this.#size, count) / 2));
    else if (ms < BATCH_MS && count >= this.#size) this.#size = Math.min(MOST, 2 * this.#size);
  }
}
