// How a map is drawn in the page's theme: inks of lines and words, how strong what is not selected, how large the dots.

const RADIUS = 2.2; // CSS pixels of a dot among 5,000, when all are shown
const SMALLEST = 0.8;
const MOST_ENLARGED = 2;
const OVER_PLANE = 0.5; // of that where the decoded plane is to be seen between the dots
const FADED = { light: 0.22, dark: 0.4 }; // how strong the points beside a selection are: a dark ground swallows dark colours

/** {line, text, halo, font, light, faded} of the field's theme. */
export function lookOf(field) {
  const style = getComputedStyle(field);
  const [text, halo] = ["text", "background"].map((name) => style.getPropertyValue(`--st-${name}-color`).trim());
  const font = style.getPropertyValue("--st-code-font") || "monospace";
  const light = bright(hexColour(halo, "#ffffff"));
  return { line: "rgba(128, 128, 128, 0.22)", text, halo, font, light, faded: light ? FADED.light : FADED.dark };
}

/** The colour of points that have no other. */
export const plainColour = (field) => hexColour(getComputedStyle(field).getPropertyValue("--st-primary-color"), "#4c78a8");

/** CSS pixels of a dot among so many, at a zoom; overPlane: where the decoded plane is to be seen between them. */
export function dotRadius(count, zoom, overPlane) {
  const few = Math.sqrt(Math.sqrt(5000 / Math.max(1, count)));
  const near = 1 + Math.log2(Math.max(1, zoom)) / 4;
  return Math.max(SMALLEST, (overPlane ? OVER_PLANE : 1) * RADIUS * Math.min(MOST_ENLARGED, few * near));
}

function bright(hex) {
  return [1, 3, 5].reduce((sum, at) => sum + parseInt(hex.slice(at, at + 2), 16), 0) > 3 * 128;
}

function hexColour(text, otherwise) {
  return /^#[0-9a-f]{6}/i.test(text.trim()) ? text.trim() : otherwise;
}
