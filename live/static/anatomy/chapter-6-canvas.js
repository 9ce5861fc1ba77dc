// A canvas as sharp as the screen, also on a projector, where the page is larger than it was laid out.

/** {pen, width, height}: a cleared pen in the pixels of the layout; null while the canvas is nowhere to be seen. */
export function sharpened(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return null;
  const ratio = (window.devicePixelRatio || 1) * zoomOf(canvas);
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  return { pen, width, height };
}

/** How much larger the canvas stands on the screen than it was laid out. */
export const zoomOf = (canvas) => canvas.getBoundingClientRect().width / canvas.clientWidth || 1;
