// The number of an image as it is typed into a field.

/** {row, said}: a whole number is brought within the images, with a sentence when it lay outside; other text has row null. */
export function imageNumber(text, images) {
  const number = text.trim() === "" ? NaN : Number(text);
  if (!Number.isInteger(number)) return { row: null, said: "" };
  const row = Math.min(Math.max(number, 0), images - 1);
  return { row, said: row === number ? "" : `The images go from 0 to ${images - 1}.` };
}
