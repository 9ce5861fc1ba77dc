// The room of chapter 6: what is on it, before anything is computed.

export const MARKUP = `
  <div class="run-bar">
    <div class="row"><button type="button" class="take-step primary" data-say="take-step" data-title="take-step-title"></button>
      <button type="button" class="play" aria-pressed="false" data-title="play-title"></button>
      <button type="button" class="ten-steps" data-say="ten-steps"></button>
      <button type="button" class="round step-before" data-label="step-before" data-title="step-before">‹</button>
      <button type="button" class="from-start" data-say="from-start"></button></div>
    <div class="row run-state"><strong class="step-number figure" role="status"></strong>
      <label class="row"><span class="quiet" data-say="seed" data-title="seed-title"></span><input class="field seed" inputmode="numeric" maxlength="10"></label>
      <button type="button" class="other-seed" data-say="other-seed" data-title="seed-title"></button></div>
  </div>
  <p class="problem chapter-problem" role="alert" hidden></p>
  <div class="parts" role="tablist" data-label="parts"></div>
  <div class="workbench">
    <section class="card told">
      <div class="look-head"><p class="what"></p><button type="button" class="next-part" data-title="next-part-title"></button></div>
      <div class="part-formula"></div>
      <p class="symbols quiet"></p>
    </section>
    <section class="card look">
      <div class="batch" role="radiogroup" data-label="batch" data-title="batch"></div>
      <div class="row looks" role="group" data-label="looks"></div>
      <canvas class="heat" tabindex="0" role="img" data-figure="chapter-6.tensor"></canvas>
      <p class="readout" role="status"></p>
    </section>
    <section class="card so-far">
      <h3 data-say="curve-title"></h3>
      <canvas class="curve" role="img" data-figure="chapter-6.curve"></canvas>
      <dl class="curve-figures">
        <div><dt class="watched-key" data-say="watched-elbo" data-title="watched-elbo-title"></dt><dd class="figure"><span class="watched-elbo" data-figure="chapter-6.watched-elbo"></span> <span class="watched-change quiet" data-figure="chapter-6.watched-change" data-title="watched-change-title"></span></dd></div>
        <div><dt class="quiet" data-say="batch-elbo" data-title="batch-elbo-title"></dt><dd class="figure"><span class="batch-elbo" data-figure="chapter-6.batch-elbo"></span> → <span class="after-elbo" data-figure="chapter-6.batch-elbo-after"></span></dd></div>
        <div><dt class="quiet" data-say="gradient-length" data-title="gradient-length-title"></dt><dd class="figure"><span class="gradient-length" data-figure="chapter-6.gradient-length"></span></dd></div>
      </dl>
      <p class="quiet curve-words" data-say="curve-words"></p>
    </section>
    <section class="card in-plane">
      <h3 data-say="plane-title"></h3>
      <canvas class="plane" role="img" data-figure="chapter-6.plane"></canvas>
      <div class="digits-key"></div>
      <p class="quiet curve-words" data-say="plane-words"></p>
    </section>
  </div>`;
