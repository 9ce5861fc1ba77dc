// Pictures along one slider, from end to end: frame k stands where the thumb is when the slider has its value.

const FRAMES = 7;
const FEWER = 5; // where a frame would be narrower than NARROW
const NARROW = 16; // CSS pixels
const GAP = 2; // CSS pixels between frames
const GRAIN = 0.01; // as the track's: the figure beside it shows all of the value
const SHARP = 3; // pixels drawn smaller than this are blended: hard edges would be uneven
const CLOSE = 1e-5; // latents that differ by less give the same pictures

/**
 * A strip in `element`, which holds a canvas. `values(ends)` are those of its frames; `base` says for what it was drawn:
 * the latent without this slider's part, the class, the ends. `onPick(value, event)`: a frame was clicked.
 */
export function createFilmstrip(element, onPick) {
  const canvas = element.querySelector("canvas");
  const film = document.createElement("canvas"); // the frames as they were decoded
  let [width, height] = [0, 0];
  let drawn = null;
  let ends = [0, 1];

  const count = () => (width < FRAMES * NARROW ? FEWER : FRAMES);

  function values() {
    const [low, high] = ends;
    const at = (share) => Math.round((low + share * (high - low)) / GRAIN) * GRAIN;
    return Array.from({ length: count() }, (_, index) => at((index + 0.5) / count()));
  }

  function keep(sheet) {
    Object.assign(film, { width: sheet.width, height: sheet.height });
    film.getContext("2d").drawImage(sheet, 0, 0);
    paint();
  }

  function paint() {
    const ratio = window.devicePixelRatio || 1;
    const frames = drawn.count;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const context = canvas.getContext("2d");
    const [slot, wide, high] = [canvas.width / frames, film.width / frames, film.height];
    const scale = Math.min((slot - GAP * ratio) / wide, canvas.height / high);
    context.imageSmoothingEnabled = scale < SHARP;
    context.imageSmoothingQuality = "high";
    const [across, down] = [wide * scale, high * scale];
    for (let index = 0; index < frames; index += 1) {
      const left = Math.round((index + 0.5) * slot - across / 2);
      context.drawImage(film, index * wide, 0, wide, high, left, (canvas.height - down) / 2, across, down);
    }
  }

  element.onclick = (event) => {
    const { left, width: wide } = element.getBoundingClientRect();
    const frame = Math.floor(((event.clientX - left) / wide) * count());
    onPick(values()[Math.min(Math.max(frame, 0), count() - 1)], event);
  };

  return {
    resize(box) {
      [width, height] = [box.width, box.height];
      if (drawn && width > 0) paint();
    },
    setEnds(next) {
      ends = next;
    },
    /** What of it must be decoded for the latent under the class: null when it shows that already. */
    job(basis, index, latent, label) {
      const wanted = { base: basis.place(latent, { [index]: 0 }), label, ends: ends.join(), count: count() };
      if (width === 0 || alike(wanted, drawn)) return null;
      return {
        side: Math.ceil(Math.max(width / count() - GAP, height) * (window.devicePixelRatio || 1)),
        latents: values().map((value) => basis.place(latent, { [index]: value })),
        draw(sheet) {
          drawn = wanted;
          keep(sheet);
        },
      };
    },
  };
}

function alike(one, other) {
  const facts = ["label", "ends", "count"];
  return (
    other !== null && facts.every((fact) => one[fact] === other[fact]) &&
    one.base.every((value, index) => Math.abs(value - other.base[index]) < CLOSE)
  );
}
