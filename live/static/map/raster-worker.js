// Draws the points of a map away from the page's own thread.

import { PointPainter } from "./painter.js";

const painter = new PointPainter();

onmessage = async ({ data: { set, draw } }) => {
  if (set) painter.set(set);
  if (draw) {
    const bitmap = await painter.draw(draw);
    postMessage({ bitmap }, [bitmap]);
  }
};
