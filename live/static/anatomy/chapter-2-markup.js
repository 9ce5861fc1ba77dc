// The three cards of chapter 2.

export const MARKUP = `
  <p class="notice" hidden></p>
  <div class="row bar">
    <button type="button" class="all-steps primary" data-say="all-three" data-title="all-three-title"></button>
    <span class="quiet hint" data-say="hint"></span>
  </div>
  <div class="three-steps">
    <section class="card step" data-step="1">
      <header class="step-head"><h3 data-say="step-one"></h3><button type="button" class="draw-z" data-say="draw-z"></button></header>
      <p class="why" data-say="why-one"></p>
      <div class="law"></div>
      <div class="prior-plane" data-figure="chapter-2.prior"></div>
      <div class="row dims"><label class="row"><span class="quiet" data-say="across"></span><select class="field across"></select></label><label class="row"><span class="quiet" data-say="up"></span><select class="field up"></select></label></div>
      <p class="figure z-lines"><span class="z-text"></span><br><span class="log-prior" data-figure="chapter-2.log-prior"></span></p>
    </section>
    <section class="card step" data-step="2">
      <header class="step-head"><h3 data-say="step-two"></h3></header>
      <p class="why" data-say="why-two"></p>
      <div class="law"></div>
      <div class="mean-place" data-figure="chapter-2.mean"><span class="frame"><canvas role="img" data-label="mean-picture"></canvas><span class="cross" tabindex="0" role="slider" data-label="which-pixel"></span></span></div>
      <figure class="pixel" data-figure="chapter-2.pixel"><canvas role="img" data-label="pixel-chart"></canvas></figure>
      <p class="figure pixel-text"></p>
    </section>
    <section class="card step" data-step="3">
      <header class="step-head"><h3 data-say="step-three"></h3><button type="button" class="draw-x" data-say="draw-x"></button></header>
      <p class="why" data-say="why-three"></p>
      <div class="law"></div>
      <div class="drawn-place" data-figure="chapter-2.drawn"><span class="frame"><canvas role="img" data-label="drawn-picture"></canvas><span class="veil no-draw" hidden data-say="no-likelihood"></span></span></div>
      <p class="figure"><span class="log-likelihood" data-figure="chapter-2.log-likelihood"></span></p>
      <figure class="samples more" data-figure="chapter-2.more-draws"><span class="frame"><canvas role="img" data-label="more-draws"></canvas></span><figcaption data-say="more-draws"></figcaption></figure>
      <p class="quiet caption kind-note"></p>
    </section>
  </div>
  <p class="problem" role="alert" hidden></p>`;
