// In which order the samples stand on the sheet.

/** The orders that a model's samples can stand in; data: what the page is told. */
export const ordersOf = ({ images, data_here: here }) => [
  { value: "drawn", text: "As drawn", title: "In the order in which they were drawn" },
  ...(here === false ? [] : [{ value: "copy", text: "Nearest copy first", title: "By the distance in the pixels to the training image that is nearest: what may be a copy stands first" }]),
  ...(images < 2 ? [] : [{ value: "usual", text: "Most usual first", title: "By density: first those that lie where encoded images are dense" }]),
];

/** Draws in the order of `rank(draw)`, lowest first; those without a rank come last, equal ones as drawn. */
export function inOrder(draws, rank) {
  const ranked = draws.map((draw) => [rank(draw) ?? Infinity, draw]);
  return ranked.sort(([one, first], [other, second]) => (one === other ? first - second : one - other)).map(([, draw]) => draw);
}
