// What stands in the panel of chooser.js.

const WAYS = {
  image: "Image", draw: "Draw", file: "Upload", shelf: "Shelf", prior: "Prior", class: "Class mean", mixture: "Mixture",
  model: "Other model",
};

/** The panel under a title, such as "Start from". */
export const chooserMarkup = (title) => `
  <div class="row head"><h3>${title}</h3>
    <div class="sources" role="tablist" aria-label="${title}">
      ${Object.entries(WAYS).map(([way, text]) => `<button type="button" role="tab" data-way="${way}">${text}</button>`).join("")}
    </div></div>
  <div class="from-pages" role="group" aria-label="Pictures from other pages" hidden></div>
  <div data-body="image" class="row">
    <button type="button" class="round previous" aria-label="Previous image">‹</button>
    <label class="row">Image no. <input class="field figure number" type="number" min="0" step="1" inputmode="numeric" aria-label="Number of the image in the test split"></label>
    <button type="button" class="round next" aria-label="Next image">›</button>
    <label class="row of-label-line"><span class="quiet">of</span> <select class="field of-label" aria-label="Only images with this label"></select></label>
    <button type="button" class="shuffle">Random image</button>
  </div>
  <div data-body="draw" class="row top" hidden>
    <canvas class="drawing" role="img" aria-label="A canvas to draw on"></canvas>
    <div class="tools"><p class="quiet">Draw: each stroke is fitted as the training images were made, encoded and decoded.</p>
      <div class="row"><button type="button" class="draw-clear">Clear</button><button type="button" class="draw-undo">Take back a stroke</button>
        <input class="ink" type="color" value="#ff4040" aria-label="Ink"></div>
      <figure class="thumb"><div class="frame"><canvas class="fit-preview" width="1" height="1" role="img" aria-label="The drawing as the model sees it"></canvas></div><figcaption>As the model sees it</figcaption></figure>
      <button type="button" class="draw-take" hidden disabled>Take the drawing</button></div>
  </div>
  <div data-body="file" hidden>
    <label class="drop"><input class="file" type="file" accept="image/*"><span>Choose a picture, or drop one here</span></label>
  </div>
  <div data-body="shelf" hidden>
    <p class="quiet shelf-empty">Nothing yet. Keep, on Sliders, Attributes and Repair, puts a picture on the shelf; it stays in this browser.</p>
    <div class="row from-shelf" role="group" aria-label="Pictures on the shelf"></div>
  </div>
  <div data-body="prior" class="row" hidden>
    <label class="row">Temperature <input class="temperature" type="range" min="0" max="2" step="0.05" value="1"><span class="figure temperature-figure">1.00</span></label>
    <button type="button" class="draw-prior">Draw from the prior</button>
  </div>
  <div data-body="class" class="row" hidden>
    <label class="row">The mean of all encodings of <select class="field class-label"></select></label>
    <button type="button" class="class-go">Go there</button>
  </div>
  <div data-body="mixture" class="row" hidden>
    <p class="quiet">A Gaussian mixture fitted to the encodings of the training images: draws are likelier to look real than those of the prior.</p>
    <button type="button" class="mixture-go">Draw from the mixture</button>
  </div>
  <div data-body="model" class="row" hidden>
    <label class="row">What <select class="field other-model" aria-label="Another model"></select> makes of its image
      <input class="field figure other-row" type="number" min="0" step="1" value="0" aria-label="Row of the other model's image"></label>
    <button type="button" class="other-go">Encode it here</button>
  </div>
  <div class="row top started">
    <figure class="thumb fitted" hidden><div class="frame"><img alt="Your picture as the model sees it"></div><figcaption>Fitted</figcaption></figure>
    <figure class="thumb original"><div class="frame"><img alt=""></div><figcaption>Original</figcaption></figure>
    <figure class="thumb reconstruction"><div class="frame"><img alt=""></div><figcaption>Reconstruction</figcaption></figure>
    <div class="told"><p class="quiet facts" role="status"></p><p class="start-words" role="status"></p></div>
  </div>`;
