// What stands on the machine's board: left the image and the noise, in the middle the latents, right what is decoded.

// symbol -> what it is, in words; a plain autoencoder has the last two alone
const TERM = (symbol, key, kinds = "") => `<div class="m-term ${kinds}"><dt data-tex="${symbol}"></dt><dd data-say="${key}"></dd></div>`;
const TERMS = [
  TERM("\\mu,\\ \\sigma", "term-mean", "sampled"), TERM("\\varepsilon", "term-noise", "sampled"), TERM("z", "term-latent", "sampled"), TERM("z", "term-point", "pointed"),
  TERM("p(z)", "term-prior", "sampled"), TERM("\\mathrm{KL}", "term-kl", "sampled"), TERM("p(x|z)", "term-picture"),
].join("");
const NETWORK = (key) => `<span class="network"><b data-say="${key}"></b></span>`;

export const MARKUP = `
  <div class="m-column m-in">
    <figure class="m-x">
      <figcaption><strong>x</strong> <span class="quiet" data-say="x-caption"></span></figcaption>
      <div class="frame picture"><canvas width="1" height="1" tabindex="0" role="application" data-label="x-label" data-title="x-title"></canvas></div>
      <div class="row m-tools"><button type="button" class="m-erase" aria-pressed="false" data-say="erase" data-title="erase-title"></button><button type="button" class="m-clear" data-say="clear"></button><button type="button" class="m-restore" data-say="restore" disabled></button><input class="ink m-ink" type="color" value="#ff4040" data-label="ink"></div>
    </figure>
    <figure class="m-noise">
      <figcaption><strong>ε</strong> <span class="quiet" data-say="noise-caption"></span></figcaption>
      <div class="m-pad-line">
        <div class="frame m-pad" tabindex="0" role="application" data-label="pad-label" data-title="pad-title"><canvas></canvas></div>
        <div class="m-axes"><label><span class="quiet">→</span> <select class="field m-across" data-label="pad-across"></select></label><label><span class="quiet">↑</span> <select class="field m-up" data-label="pad-up"></select></label></div>
      </div>
      <div class="row m-tools"><button type="button" class="m-redraw" data-say="redraw" data-title="redraw-title"></button><button type="button" class="m-play" aria-pressed="false" data-title="keep-drawing-title"></button><button type="button" class="m-zero" data-say="zero" data-title="zero-title"></button></div>
    </figure>
  </div>
  <div class="m-column m-wires">
    <div class="wire m-encoder" data-wire="encoder" data-title="encoder-title">${NETWORK("encoder")}<i></i></div>
    <div class="wire m-into" data-wire="noise"><span></span><i></i></div>
  </div>
  <div class="m-column m-middle">
    <figure class="m-latents"><figcaption><strong class="m-posterior">q(z|x)</strong> <span class="quiet" data-say="latents-caption"></span></figcaption><div class="m-rows" data-figure="machine.latents"></div></figure>
    <div class="m-formulas"><p class="m-sample" data-figure="machine.sample"></p><p class="m-divergence" data-figure="machine.kl-of-dimension"></p><p class="m-draw" data-figure="machine.kl-of-draw"></p></div>
    <dl class="m-terms">${TERMS}</dl>
    <p class="quiet m-note" role="status"></p>
  </div>
  <div class="m-column m-wires">
    <div class="wire m-decoder" data-wire="decoder" data-title="decoder-title">${NETWORK("decoder")}<i></i></div>
  </div>
  <div class="m-column m-out">
    <figure class="m-picture">
      <figcaption><strong>p(x|z)</strong> <span class="quiet" data-say="picture-caption"></span></figcaption>
      <div class="frame picture" data-figure="machine.picture"><canvas width="1" height="1" role="img"></canvas></div>
    </figure>
    <figure class="m-pixels">
      <figcaption><strong class="m-cost"></strong> <span class="quiet" data-say="pixels-caption"></span></figcaption>
      <div class="frame picture" data-figure="machine.by-pixel"><canvas width="1" height="1" tabindex="0" role="application" data-label="pixels-label"></canvas></div>
      <div class="m-scale" aria-hidden="true"><i></i><span class="m-scale-high"></span><span class="m-scale-middle"></span><span class="m-scale-low"></span></div>
      <p class="quiet m-pixel-words" role="status"></p>
    </figure>
  </div>
  <div class="m-sums" data-wire="sum"><i></i>
    <p class="m-likelihood" data-figure="machine.log-likelihood"></p>
    <p class="m-elbo" data-figure="machine.elbo"></p>
    <p class="m-elbo-words"></p>
  </div>`;
