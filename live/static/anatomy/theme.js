// Light turns to dark, by Streamlit's own switch or by the system's: canvases have to be drawn anew. Streamlit only changes the
// style's variables and calls nothing; but where a colour of the style changes, a transition of it ends.

/** Calls `change` once after each change of the text's, the ground's or the accent's colour; `probe` carries all three. */
export function onTheme(probe, change, signal) {
  let due = 0;
  probe.addEventListener("transitionend", () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(change);
  }, { signal });
}
