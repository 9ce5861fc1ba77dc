// What the requests of a chapter for the image at hand have in common.

/** {image, label} as the figures' routes take them: base64 of uint8 (C, H, W), the class of a conditional model. */
export const bodyOf = ({ image, label, base64 }) => ({ image: base64(image.pixels), ...(label === null ? {} : { label }) });

/** A function that runs `act` now, or once more after the run that is under way: the newest wish is never lost, none piles up. */
export function createNewest(act) {
  let [busy, again] = [false, false];
  return async () => {
    again = busy;
    if (busy) return;
    busy = true;
    do {
      again = false;
      await act();
    } while (again);
    busy = false;
  };
}
