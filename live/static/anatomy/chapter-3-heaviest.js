// The draws that weigh most: what they decode to, and which part of the whole sum each of them is.

const MOST = 8;

/** {show(best, weights), words(), close()} in `element`; best: [{log_weight, latent}], the heaviest first. */
export function createHeaviest(element, context) {
  const [channels, height, width] = context.data.shape;
  const lane = context.lane("heaviest");
  let told = "";
  const figures = Array.from({ length: MOST }, () => {
    const figure = document.createElement("figure");
    figure.className = "thumb";
    figure.innerHTML = `<div class="frame"><canvas width="1" height="1" role="img"></canvas></div><figcaption class="figure">–</figcaption>`;
    return figure;
  });
  element.replaceChildren(...figures);

  return {
    show(best, weights) {
      best.forEach(({ log_weight: weight }, at) => {
        const text = percent(weights.share(weight));
        figures[at].querySelector("figcaption").textContent = text;
        figures[at].querySelector("canvas").ariaLabel = context.say("heaviest-label", { share: text });
      });
      const wanted = best.map(({ latent }) => latent.join()).join(";");
      if (wanted === told || !best.length) return;
      told = wanted;
      const latents = Float32Array.from(best.flatMap(({ latent }) => latent));
      context.socket.decode(context.asking({ lane, latents, count: best.length }), ({ pixels }) => {
        const size = channels * height * width;
        best.forEach((_, at) => context.draw(figures[at].querySelector("canvas"), pixels.subarray(at * size, (at + 1) * size), [height, width, channels]));
      });
    },
    words: () => figures.forEach((figure) => (figure.querySelector("canvas").ariaLabel = context.say("heaviest-label", { share: figure.querySelector("figcaption").textContent }))),
    close: () => context.socket.forget(lane),
  };
}

function percent(share) {
  if (share >= 0.1) return `${(100 * share).toFixed(0)} %`;
  return share >= 0.001 ? `${(100 * share).toFixed(1)} %` : "< 0.1 %";
}
