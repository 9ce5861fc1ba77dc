// The large picture that follows the hand. Where the live socket has a worker, the worker draws it as soon as the pixels are
// there; elsewhere the page does.
//
//   const picture = createLivePicture(canvas);
//   socket.decode({ ..., screen: picture }, (reply) => meter.drawn(stamp, picture.shown(reply)));

import { latentSocket } from "./latent-socket.js";
import { createSurface, smoothEdges } from "./picture.js";

/**
 * `canvas` belongs to the picture from now on: nobody else may draw on it. `shown(reply)` gives back {changed, drawn}: whether
 * the pixels differ from those before, and when they were written, as performance.now() counts.
 */
export function createLivePicture(canvas, socket = latentSocket()) {
  const screen = socket.createScreen?.(canvas) ?? null;
  const surface = screen ? null : createSurface(canvas);
  smoothEdges(canvas, false);
  return {
    screen,
    shown({ shown, pixels, shape }) {
      if (shown) return shown;
      const changed = surface.draw(pixels, shape);
      return { changed, drawn: performance.now() };
    },
    setSmooth: (on) => smoothEdges(canvas, on),
    /** For a component that leaves the page. */
    remove: () => screen?.remove(),
  };
}
