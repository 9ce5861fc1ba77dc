// What every format of an exported map needs: where a layer stands, and text that may stand in a file.

/** {box: [left, top, width, height] in CSS pixels of the view, opacity}; null when nothing of the layer is shown. */
export function layerPlace(canvas) {
  if (canvas.hidden || canvas.width === 0 || canvas.height === 0) return null;
  const field = canvas.parentElement.getBoundingClientRect();
  const box = canvas.getBoundingClientRect();
  const { clientLeft, clientTop } = canvas.parentElement;
  const opacity = Number(getComputedStyle(canvas).opacity);
  return { box: [box.left - field.left - clientLeft, box.top - field.top - clientTop, box.width, box.height], opacity };
}

/** Text as it may stand in HTML and XML. */
export function escaped(text) {
  return String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
