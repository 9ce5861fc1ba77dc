// What may stand a moment behind the picture that the hand waits for: it is drawn in the next frame, once, the newest only.

/**
 * write(newest): in the next frame, and not within `apart` ms of the time before; `apart(value)`: what many canvases must be
 * drawn anew for may take every second frame. The last is always written. Gives back {tell(value), stop()}.
 */
export function createNextFrame(write, apart = () => 0) {
  let [frame, last, newest] = [null, -Infinity, null];

  function go(now) {
    frame = null;
    if (now - last < apart(newest)) return wait();
    last = now;
    write(newest);
  }

  const wait = () => void (frame ??= requestAnimationFrame(go));
  return {
    tell(value) {
      newest = value;
      wait();
    },
    stop: () => cancelAnimationFrame(frame),
  };
}
