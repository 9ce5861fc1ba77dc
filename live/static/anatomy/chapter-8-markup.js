// The room of chapter 8: four miniatures, each with a link to the page that does it in full.

const card = (name, [title, words, link], stage, controls) => `
  <section class="card use ${name}">
    <div class="use-head"><h3 data-say="${title}"></h3><a class="go" data-say="${link}"></a></div>
    <p class="use-words" data-say="${words}"></p>
    <div class="stage">${stage}</div>
    <div class="use-controls">${controls}</div>
    <p class="use-note quiet" role="status"></p>
  </section>`;

export const MARKUP = [
  card(
    "generate",
    ["generate-title", "generate-words", "generate-link"],
    `<div class="frame pad" tabindex="0" role="application" data-label="pad-label"><canvas class="tiles"></canvas><i class="knob"></i></div>`,
    `<div class="made"><div class="frame"><canvas role="img" data-label="generated-label" data-figure="chapter-8.generated"></canvas></div>
     <div><p class="figure place"></p><button type="button" class="draw-prior" data-say="draw-prior" data-title="draw-prior-title"></button></div></div>`,
  ),
  card(
    "denoise",
    ["denoise-title", "denoise-words", "denoise-link"],
    `<div class="pair"><figure><div class="frame"><canvas class="damaged" role="img" data-label="damaged"></canvas></div><figcaption><span data-say="damaged"></span> <span class="figure psnr-damaged" data-figure="chapter-8.psnr-damaged"></span></figcaption></figure>
     <figure><div class="frame"><canvas class="repaired" role="img" data-label="repaired"></canvas></div><figcaption><span data-say="repaired"></span> <span class="figure psnr-repaired" data-figure="chapter-8.psnr-repaired"></span></figcaption></figure></div>`,
    `<div class="row"><span class="quiet" data-say="strength"></span><div class="track strength" data-label="strength"></div></div><button type="button" class="reseed" data-say="reseed"></button>`,
  ),
  card(
    "interpolate",
    ["interpolate-title", "interpolate-words", "interpolate-link"],
    `<div class="frame between"><canvas role="img" data-label="between-label" data-figure="chapter-8.between"></canvas></div>`,
    `<div class="scrub"><div class="frame"><canvas class="from" role="img" data-label="from-label"></canvas></div><div class="track along" data-label="share-label"></div><div class="frame"><canvas class="to" role="img" data-label="to-label"></canvas></div></div>
     <button type="button" class="other-image" data-say="other-image"></button>`,
  ),
  card(
    "odd-one",
    ["odd-one-title", "quarters-words", "odd-one-link"],
    `<div class="odd-row" role="group" data-label="odd-row-label" data-figure="chapter-8.costs"></div>`,
    `<div class="row"><button type="button" class="new-row" data-say="new-row"></button><span class="tally figure" data-figure="chapter-8.tally"></span></div>
     <p class="frames-key"><span class="odd" data-say="frame-odd"></span><span class="guess" data-say="frame-guess"></span></p>`,
  ),
].join("");
