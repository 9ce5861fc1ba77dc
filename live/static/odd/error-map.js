// Where a reconstruction differs from its image: orange where the image has ink that the model did not draw, blue where the
// model drew ink that is not there; on black. The two are told apart by colour-blind eyes.

const MISSED = [230, 159, 0];
const INVENTED = [86, 180, 233];

/** RGBA words' bytes (H·W·4) of two pictures as RGBA bytes of the same size. */
export function errorPixels(original, reconstruction) {
  const found = new Uint8ClampedArray(original.length);
  for (let at = 0; at < original.length; at += 4) {
    let [signed, size] = [0, 0];
    for (let channel = 0; channel < 3; channel++) {
      const difference = original[at + channel] - reconstruction[at + channel];
      signed += difference;
      size += Math.abs(difference);
    }
    const strength = Math.min(1, size / (3 * 160)); // a pixel that is wrong by 160 of 255 is as bright as can be
    const colour = signed >= 0 ? MISSED : INVENTED;
    for (let channel = 0; channel < 3; channel++) found[at + channel] = colour[channel] * strength;
    found[at + 3] = 255;
  }
  return found;
}
