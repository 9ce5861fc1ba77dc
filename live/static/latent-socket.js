// One WebSocket per browser tab, shared by every component: `latentSocket()` gives it back.
//
//   const socket = latentSocket();
//   socket.decode({ model, weights, lane: "sliders", latents, count, tag }, (reply) => ..., (error) => ...);
//
// The newest request of a lane wins: a few requests are on their way, one more waits per lane, and a newer one takes its
// place without a word. How many: two on a short wire; on a long one as many as frames fit into a round trip (the shortest
// of the last seconds, so that a full pipe does not ask for more), never more than the server's `in_flight`. Judgements have a place of their own
// beside those, so that no picture waits for one. A lost connection comes back by itself and carries on with the newest of
// each lane.
//
// The connection lives in a worker (socket-worker.js), which also draws the pictures that move under a hand
// (live-picture.js): neither waits while the page lays itself out. A browser without workers for it has it in the page.

import { RemoteSocket, canLiveInWorker } from "./remote-socket.js";
import { KIND, codes, fitted, judgements, pack, passed, pictures, placed, repaired, unpack } from "./protocol.js";

const SHARED = Symbol.for("latent-explorer.socket.v1");
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;
const SILENCE_MS = 15000; // no picture or code for so long with requests for them on their way: the connection is taken for dead
const FRAME_MS = 1000 / 60;
const FEWEST = 2; // one is computed while the next is on its way
const REMEMBERED_MS = 5000; // how long a round trip counts among the shortest
const LOST_TWICE = 2; // a request that went down with this many connections is given up

/** The tab's socket; the first call opens it, beside the folder that this module was loaded from. */
export function latentSocket() {
  globalThis[SHARED] ??= canLiveInWorker() ? new RemoteSocket(new URL("../linked.js?modules=socket-worker", import.meta.url)) : new LatentSocket();
  return globalThis[SHARED];
}

const ADDRESS = new URL("../socket", import.meta.url);

export class LatentSocket {
  #address;
  #connection = null;
  #state = "connecting";
  #watchers = new Set();
  #hello = null;
  #number = 0;
  #waiting = new Map(); // "kind/lane" -> the one request that waits there
  #inFlight = new Map(); // request number -> request
  #wait = FIRST_WAIT_MS;
  #retry = null;
  #silence = null;
  #trips = []; // {ended, ms} of the latest round trips of one latent

  constructor(address = ADDRESS) {
    this.#address = new URL(address);
    this.#address.protocol = this.#address.protocol.replace(/^http/, "ws");
    globalThis.addEventListener?.("online", () => this.#connectNow());
    this.#connect();
  }

  /** "connecting" (never open so far), "open" or "reconnecting". */
  get state() {
    return this.#state;
  }

  /** What the server said on connecting: {versions, in_flight, judges_in_flight, max_count, max_bytes}; null before. */
  get limits() {
    return this.#hello;
  }

  /** Calls back now and at each change of state; gives back the function that ends it. */
  onState(callback) {
    this.#watchers.add(callback);
    callback(this.#state);
    return () => this.#watchers.delete(callback);
  }

  /**
   * Pixels of latents, float32 (count, latent_dim), under the class `label` where the model has classes. onReply({pixels,
   * shape: [H, W, C], count, tag, request, ms}). `screen`: a picture (live-picture.js) that the first of them is drawn on; the
   * reply then has `shown` for it. As in every kind, onDropped() says that neither of the others will be called.
   */
  decode({ model, weights, lane = "decode", latents, count = 1, tag, screen, ...options }, onReply, onError, onDropped) {
    const body = Float32Array.from(latents); // a copy: the caller may go on writing into its own array
    const request = { kind: KIND.decode, lane, count, body, tag, onReply, onError, onDropped, read: pictures };
    this.#enqueue(request, { model, weights, lane, ...options });
  }

  /** As decode, but pictures drawn from p(x|z): the same for the same latents, in the same order, and `seed`. */
  draw({ model, weights, lane = "draw", latents, count = 1, tag, ...options }, onReply, onError, onDropped) {
    const body = Float32Array.from(latents);
    const request = { kind: KIND.draw, lane, count, body, tag, onReply, onError, onDropped, read: pictures };
    this.#enqueue(request, { model, weights, lane, ...options });
  }

  /** Codes of images, uint8 (count, C, H, W), with `label` as for decode. onReply({means, stds, count, tag, request, ms}). */
  encode({ model, weights, lane = "encode", images, count = 1, tag, ...options }, onReply, onError, onDropped) {
    const body = Uint8Array.from(images);
    const request = { kind: KIND.encode, lane, count, body, tag, onReply, onError, onDropped, read: codes };
    this.#enqueue(request, { model, weights, lane, ...options });
  }

  /**
   * Pixels and latents of places on a map, float32 (count, its components); `map` is its id. onReply({pixels, shape: [H, W, C],
   * latents, support, count, tag, request, ms}): support, 0 to 1 for each place, says how near the points lie from which an
   * approximate map takes its latent; null where the map is exact.
   */
  place({ model, weights, map, lane = "place", places, count = 1, tag, screen, ...options }, onReply, onError, onDropped) {
    const body = Float32Array.from(places);
    const request = { kind: KIND.place, lane, count, body, tag, onReply, onError, onDropped, read: placed };
    this.#enqueue(request, { model, weights, map, lane, ...options });
  }

  /**
   * A picture of any kind as the model's training images were made, and its posterior: for each stroke on a canvas.
   * pixels: uint8 (height, width, channels), sides up to 1024; size: [height, width, channels] with channels 1, 3 or 4.
   * onReply({pixels, shape: [C, H, W], mean, std, note, blank, tag, request, ms}).
   */
  fit({ model, weights, lane = "fit", pixels, tag, ...options }, onReply, onError, onDropped) {
    const body = Uint8Array.from(pixels);
    const request = { kind: KIND.fit, lane, count: 1, body, tag, onReply, onError, onDropped, read: fitted };
    this.#enqueue(request, { model, weights, lane, ...options });
  }

  /**
   * A picture damaged and repaired: pixels uint8 (C, H, W), clean; hole uint8 (H, W), not 0 where it is painted over, or null.
   * noise: {kind, strength, seed}; draws: of the posterior average; keep: visible pixels stay where others are hidden.
   * onReply({pixels, shape: [H, W, C], pictures: names, psnr, ssim, hidden, visible, noise, filter, mean, std, tag, request, ms}).
   */
  repair({ model, weights, lane = "repair", pixels, hole = null, tag, ...options }, onReply, onError, onDropped) {
    const body = new Uint8Array(pixels.length + (hole?.length ?? 0));
    body.set(pixels);
    if (hole) body.set(hole, pixels.length);
    const request = { kind: KIND.repair, lane, count: 1, body, tag, onReply, onError, onDropped, read: repaired };
    this.#enqueue(request, { model, weights, lane, hole: hole !== null, ...options });
  }

  /**
   * One image through the whole model: pixels uint8 (C, H, W), noise float32 (latent_dim). onReply(what `passed` of protocol.js
   * gives, with {tag, request, ms}).
   */
  pass({ model, weights, lane = "pass", pixels, noise, tag, ...options }, onReply, onError, onDropped) {
    const image = Math.ceil(pixels.length / 4) * 4;
    const body = new Uint8Array(image + 4 * noise.length);
    body.set(pixels);
    body.set(new Uint8Array(Float32Array.from(noise).buffer), image);
    const request = { kind: KIND.pass, lane, count: 1, body, tag, onReply, onError, onDropped, read: passed };
    this.#enqueue(request, { model, weights, lane, ...options });
  }

  /** How usual latents are: options exact (true), nearest (8) and without (a row). onReply({percentile, log_density, distance,
      verdict, words, nearest, distances, exact, basis, count, tag, request, ms}), one entry per latent. */
  judge({ model, weights, lane = "judge", latents, count = 1, tag, ...options }, onReply, onError, onDropped) {
    const body = Float32Array.from(latents);
    const request = { kind: KIND.judge, lane, count, body, tag, onReply, onError, onDropped, read: judgements };
    this.#enqueue(request, { model, weights, lane, ...options });
  }

  /** No callback of this lane is called any more: for a component that leaves the page. */
  forget(lane) {
    for (const [where, request] of this.#waiting) {
      if (request.lane !== lane) continue;
      this.#waiting.delete(where);
      request.onDropped?.();
    }
    for (const request of this.#inFlight.values()) if (request.lane === lane) forgetOne(request);
  }

  #enqueue(request, options) {
    Object.assign(request, { options, losses: 0, order: ++this.#number });
    const limit = this.#hello?.max_bytes;
    if (limit && request.body.byteLength > limit) return this.#refuse(request, limit);
    this.#waiting.get(place(request))?.onDropped?.();
    this.#waiting.set(place(request), request);
    this.#pump();
  }

  #refuse(request, limit) {
    const message = `The message has ${request.body.byteLength} bytes; the server takes ${limit}. Send fewer at a time.`;
    request.onError?.({ reason: "too-large", message, tag: request.tag });
  }

  #pump() {
    if (this.#state !== "open") return;
    for (const [where, request] of this.#waiting) {
      const most = isJudge(request) ? (this.#hello.judges_in_flight ?? 1) : this.#window();
      if (this.#onTheirWay(isJudge(request)) >= most) continue;
      this.#waiting.delete(where);
      request.sent = performance.now();
      this.#inFlight.set(request.order, request);
      this.#connection.send(pack(request.kind, request.order, request.count, request.options, request.body));
      this.#watchSilence();
    }
  }

  /** How many requests may be on their way now. */
  #window() {
    const shortest = this.#trips.reduce((least, { ms }) => Math.min(least, ms), Infinity);
    const frames = Number.isFinite(shortest) ? Math.ceil(shortest / FRAME_MS) : 0;
    return Math.min(Math.max(frames + 1, FEWEST), this.#hello.in_flight);
  }

  #arrived(request) {
    const ended = performance.now();
    if (request.count === 1 && (request.kind === KIND.decode || request.kind === KIND.place)) this.#trips.push({ ended, ms: ended - request.sent });
    while (this.#trips.length > 1 && ended - this.#trips[0].ended > REMEMBERED_MS) this.#trips.shift();
  }

  #onTheirWay(judges) {
    let found = 0;
    for (const request of this.#inFlight.values()) if (isJudge(request) === judges) found += 1;
    return found;
  }

  #connect() {
    const connection = new WebSocket(this.#address);
    connection.binaryType = "arraybuffer";
    connection.onmessage = ({ data }) => this.#connection === connection && this.#receive(data);
    connection.onclose = () => this.#connection === connection && this.#lost();
    this.#connection = connection;
  }

  #connectNow() {
    if (this.#retry === null) return;
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#connect();
  }

  #receive(data) {
    if (typeof data === "string") return;
    const message = unpack(data);
    if (message.kind === KIND.hello) return this.#opened(message.options);
    const request = this.#inFlight.get(message.request);
    if (!request) return;
    this.#inFlight.delete(message.request);
    this.#arrived(request);
    this.#watchSilence();
    this.#pump(); // before the callback, so that the next request is on its way while this picture is drawn
    if (!request.forgotten) answer(request, message);
  }

  #opened(hello) {
    this.#hello = hello;
    this.#wait = FIRST_WAIT_MS;
    this.#setState("open");
    this.#pump();
  }

  #lost() {
    clearTimeout(this.#silence);
    this.#connection = null;
    this.#trips.length = 0;
    this.#setState(this.#state === "connecting" ? "connecting" : "reconnecting");
    this.#keepNewest();
    const wait = this.#wait * (0.75 + Math.random() / 2); // spread, so that a room full of tabs does not come at once
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#retry = setTimeout(() => this.#connectNow(), wait);
  }

  /** Requests that were on their way wait again, unless their lane has a newer one or they were lost before. */
  #keepNewest() {
    const lost = [...this.#inFlight.values()].sort((a, b) => b.order - a.order);
    this.#inFlight.clear();
    for (const request of lost) {
      if (request.forgotten) continue;
      if (this.#waiting.has(place(request))) request.onDropped?.();
      else if (++request.losses < LOST_TWICE) this.#waiting.set(place(request), request);
      else request.onError?.({ reason: "connection-lost", message: LOST_MESSAGE, tag: request.tag });
    }
  }

  #watchSilence() {
    clearTimeout(this.#silence);
    if (this.#onTheirWay(false) === 0) return; // the first judgement of a model may take long
    const connection = this.#connection;
    this.#silence = setTimeout(() => {
      connection.close();
      if (this.#connection === connection) this.#lost();
    }, SILENCE_MS);
  }

  #setState(state) {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }
}

const LOST_MESSAGE = "The connection broke off twice while this request was on its way. Try again.";

function place(request) {
  return `${request.kind}/${request.lane}`;
}

function isJudge(request) {
  return request.kind === KIND.judge;
}

function forgetOne(request) {
  if (!request.forgotten) request.onDropped?.();
  request.forgotten = true;
}

function answer(request, message) {
  const { tag, onReply, onError, onDropped, read } = request;
  if (message.kind !== KIND.error) return onReply?.({ ...read(message), tag, request: message.request });
  if (message.options.reason === "superseded") return onDropped?.(); // a newer request of this lane is answered instead
  onError?.({ ...message.options, tag });
}
