// The live socket as the page has it: what is asked goes to the worker (socket-worker.js), which holds the connection, and
// what comes back from there calls the page back. It can be asked whatever a LatentSocket can.

const ASKED = ["decode", "draw", "encode", "place", "fit", "repair", "pass", "judge"];

/** Whether this browser has workers, and canvases that a worker can draw on. */
export function canLiveInWorker() {
  return Boolean(globalThis.Worker && globalThis.HTMLCanvasElement?.prototype.transferControlToOffscreen);
}

export class RemoteSocket {
  #worker;
  #state = "connecting";
  #limits = null;
  #watchers = new Set();
  #asked = new Map(); // number -> {lane, onReply, onError, tag}
  #number = 0;
  #screens = 0;

  constructor(address) {
    this.#worker = new Worker(address, { type: "module", name: "latent-socket" });
    this.#worker.onmessage = ({ data }) => this.#told(data);
    this.#worker.postMessage({ does: "start", origin: performance.timeOrigin });
    globalThis.addEventListener("pagehide", ({ persisted }) => persisted || this.#worker.terminate());
  }

  get state() {
    return this.#state;
  }

  get limits() {
    return this.#limits;
  }

  onState(callback) {
    this.#watchers.add(callback);
    callback(this.#state);
    return () => this.#watchers.delete(callback);
  }

  /** A canvas for the worker to draw on: {number, remove()}. */
  createScreen(canvas) {
    const number = ++this.#screens;
    const offscreen = canvas.transferControlToOffscreen();
    this.#worker.postMessage({ does: "open", screen: number, canvas: offscreen }, [offscreen]);
    return { number, remove: () => this.#worker.postMessage({ does: "close", screen: number }) };
  }

  forget(lane) {
    for (const [number, asked] of this.#asked) if (asked.lane === lane) this.#asked.delete(number);
    this.#worker.postMessage({ does: "forget", lane });
  }

  ask(kind, { tag, screen, ...options }, onReply, onError) {
    const number = ++this.#number;
    this.#asked.set(number, { lane: options.lane ?? kind, onReply, onError, tag });
    this.#worker.postMessage({ does: "ask", kind, number, options, screen: screen?.screen?.number ?? null });
  }

  #told({ tells, number, reply, error, state, limits }) {
    if (tells === "state") return this.#setState(state, limits);
    const asked = this.#asked.get(number);
    this.#asked.delete(number);
    if (!asked || tells === "dropped") return;
    if (tells === "reply") asked.onReply?.({ ...reply, tag: asked.tag });
    else asked.onError?.({ ...error, tag: asked.tag });
  }

  #setState(state, limits) {
    this.#state = state;
    this.#limits = limits;
    for (const watcher of this.#watchers) watcher(state);
  }
}

for (const kind of ASKED) {
  RemoteSocket.prototype[kind] = function ask(options, onReply, onError) {
    this.ask(kind, options, onReply, onError);
  };
}
