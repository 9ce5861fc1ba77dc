// On the st.slider page: counts the slider's changed positions (its own label, as it moves) and the pictures that come meanwhile;
// after a release, when the next picture has been loaded.
(() => {
  const log = { moves: 0, images: 0, released: null, loaded: null };
  const picture = () => document.querySelector("[data-testid='stImage'] img")?.src;
  const positions = () => [...document.querySelectorAll("[data-testid='stSlider'] input")].map((input) => input.value).join(" ");
  let source = picture();
  let position = positions();
  window.plainLog = log;
  window.addEventListener("pointermove", () => {
    requestAnimationFrame(() => {
      const now = positions();
      log.moves += now === position ? 0 : 1;
      position = now;
    });
  }, true);
  window.addEventListener("pointerup", (event) => Object.assign(log, { released: event.timeStamp, loaded: null }), true);
  document.addEventListener("load", (event) => {
    if (event.target.matches?.("[data-testid='stImage'] img")) log.loaded ??= log.released && performance.now();
  }, true);
  new MutationObserver(() => {
    const now = picture();
    log.images += now === source ? 0 : 1;
    source = now;
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
})();
