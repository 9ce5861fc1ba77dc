// Listens in on every canvas, in the page or in a worker that draws for it: counts writes whose pixels differ from the last
// ones of that canvas. In the page it also keeps what the components tell of their moves and frames, and when the previews
// after a release are all drawn (docs/live-protocol.md, "From a component").
(() => {
  const nothing = () => ({ moves: [], frames: [], writes: 0, changed: 0, released: null, previewed: null });
  const log = nothing();
  const last = new WeakMap();
  const { document } = globalThis;
  document?.addEventListener("latent-move", (event) => log.moves.push(event.detail.stamp));
  document?.addEventListener("latent-frame", (event) => log.frames.push(event.detail));
  document?.addEventListener("pointerup", (event) => (log.released = event.timeStamp), true);
  document?.addEventListener("latent-previews", (event) => {
    if (log.released !== null) log.previewed ??= event.detail.drawn;
  });

  for (const { prototype } of [globalThis.CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D].filter(Boolean)) {
    const put = prototype.putImageData;
    prototype.putImageData = function listenedPutImageData(image, ...rest) {
      put.call(this, image, ...rest);
      const before = last.get(this.canvas);
      const differs = !before || before.length !== image.data.length || image.data.some((value, i) => value !== before[i]);
      if (differs) last.set(this.canvas, image.data.slice());
      log.writes += 1;
      log.changed += differs ? 1 : 0;
    };
  }

  globalThis.dragLog = {
    reset() {
      Object.assign(log, nothing());
    },
    read() {
      return log;
    },
  };
})();
