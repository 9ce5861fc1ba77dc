// The live socket in a worker: holds the connection and draws the pictures that move under a hand. What the page says:
// {does: "start", origin} | {does: "open", screen, canvas} | {does: "close", screen} | {does: "forget", lane} |
// {does: "ask", kind, number, options, screen}. What it is told: {tells: "state", state, limits} | {tells: "reply", number, reply} |
// {tells: "error", number, error} | {tells: "dropped", number}.

import { LatentSocket } from "./latent-socket.js";
import { createSurface } from "./picture.js";

const socket = new LatentSocket();
const screens = new Map(); // number -> surface
let since = 0; // milliseconds from the page's beginning to this worker's

const does = {
  start({ origin }) {
    since = performance.timeOrigin - origin;
    socket.onState((state) => postMessage({ tells: "state", state, limits: socket.limits }));
  },
  open: ({ screen, canvas }) => screens.set(screen, createSurface(canvas)),
  close: ({ screen }) => screens.delete(screen),
  forget: ({ lane }) => socket.forget(lane),
  ask({ kind, number, options, screen }) {
    const answered = (reply) => {
      const shown = screens.has(screen) ? draw(screens.get(screen), reply) : null;
      postMessage({ tells: "reply", number, reply: shown ? { ...reply, shown } : reply }, buffersOf(reply));
    };
    const refused = (error) => postMessage({ tells: "error", number, error });
    socket[kind](options, answered, refused, () => postMessage({ tells: "dropped", number }));
  },
};

function draw(surface, { pixels, shape }) {
  const changed = surface.draw(pixels, shape);
  return { changed, drawn: since + performance.now() };
}

/** What is handed over to the page and not copied: the message that the arrays lie in. */
function buffersOf(reply) {
  return [...new Set(Object.values(reply).filter(ArrayBuffer.isView).map(({ buffer }) => buffer))];
}

onmessage = ({ data }) => does[data.does](data);
