// Images that are too simple to stand out: said where the ranking at hand goes with the ink.

const GOES_WITH = 0.3;

/** A paragraph on {correlation, percentile} (store.simplicity); empty where the ink has little say. */
export function simpleWords(simple, parts, scores) {
  if (!simple || simple.correlation < GOES_WITH) return "";
  const standing = `This score goes with how much ink there is (rank correlation ${simple.correlation.toFixed(2)}): the tenth of the images with the least ink stands at percentile ${simple.percentile.toFixed(0)} on average.`;
  const why = "An image of few strokes, such as a 1, costs few nats under every model, even one that never saw it, so it cannot stand out.";
  const offered = scores.filter(({ name }) => name.includes("_per_") && !parts.includes(name)).map(({ text }) => text);
  return `${standing} ${why}${offered.length ? ` Try ${offered.slice(0, 2).join(" or ")}.` : ""}`;
}
