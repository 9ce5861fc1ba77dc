// The paths, one row each: frames along it with the place of the scrubber, the picture there, how usual the places on the
// way are, and its figures. The chosen path is what the large picture shows; others can be shown beside it.

import { createPicture, drawStrip } from "../picture.js";
import { timeLeft } from "../ask-job.js";

const WORDS = {
  linear: ["Linear", "A straight line from image to image"],
  slerp: ["Slerp", "Spherical: the direction turns evenly along a great circle, the length changes evenly"],
  spline: ["Spline", "One smooth curve through all images; straight for two"],
  data: ["Along the data", "From image to image through encoded images that are near one another"],
  geodesic: ["Geodesic", "The shortest path by how much the picture changes on the way; found step by step"],
};
const VERDICTS = { usual: "Usual", rare: "Rare", "never seen": "Never seen" };
const COLOURS = { usual: [0, 158, 115], rare: [230, 159, 0], "never seen": [213, 94, 0] };

/**
 * Rows in `element`. `onChoose(kind)`, `onCompare(kind, on)`, `onCancel(kind)`; `onPlace(share, event, done)` says where a
 * strip is pressed or dragged. Gives back {show, setPath, setStrip, setNow, setPlace, setDensity, mark, frames}.
 */
export function createPathRows(element, { onChoose, onCompare, onCancel, onPlace }) {
  const rows = new Map(Object.keys(WORDS).map((kind) => [kind, row(kind)]));
  element.replaceChildren(...[...rows.values()].map(({ place }) => place));
  let frames = 12;

  function row(kind) {
    const [name, words] = WORDS[kind];
    const place = document.createElement("div");
    place.className = "path-row";
    place.dataset.kind = kind;
    place.innerHTML = `
      <div class="row path-head"><button type="button" class="choose" role="radio" aria-checked="false" tabindex="-1">${name}</button>
        <span class="path-words quiet">${words}</span><span class="figure path-figures" hidden></span>
        <button type="button" class="small stop" hidden>Stop</button>
        <button type="button" class="small compare" aria-pressed="false" title="Show this path beside the chosen one">Compare</button></div>
      <div class="film" hidden><div class="reel"><canvas class="strip" width="1" height="1" role="img" aria-label="Frames along the path ${name}; press one to go there"></canvas><span class="cursor"></span></div>
        <canvas class="now" width="1" height="1" role="img" aria-label="Picture of the path ${name} at this place"></canvas>
        <canvas class="ribbon" width="1" height="1" role="img" title="How usual the places on the way are among encoded images: green usual, orange rare, red never seen"></canvas></div>`;
    const find = (selector) => place.querySelector(selector);
    find(".choose").title = words;
    find(".choose").onclick = () => onChoose(kind);
    find(".choose").onkeydown = (event) => stepped(event, kind);
    find(".compare").onclick = () => onCompare(kind, find(".compare").ariaPressed !== "true");
    find(".stop").onclick = () => onCancel(kind);
    pressable(find(".reel"));
    const now = createPicture(find(".now"));
    return { place, find, now, path: null, density: null };
  }

  function stepped(event, kind) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const kinds = [...rows.keys()];
    const next = kinds.at((kinds.indexOf(kind) + by) % kinds.length);
    rows.get(next).find(".choose").focus();
    onChoose(next);
  }

  function pressable(reel) {
    const shareOf = (event) => {
      const box = reel.getBoundingClientRect();
      const half = 0.5 / frames; // the first frame's middle is the first image
      return Math.min(Math.max(((event.clientX - box.left) / box.width - half) / (1 - 2 * half), 0), 1);
    };
    reel.onpointerdown = (event) => {
      if (event.button !== 0) return;
      reel.setPointerCapture(event.pointerId);
      onPlace(shareOf(event), event, false);
    };
    reel.onpointermove = (event) => reel.hasPointerCapture(event.pointerId) && onPlace(shareOf(event), event, false);
    reel.onpointerup = (event) => onPlace(shareOf(event), event, true);
  }

  function figures({ path, density }) {
    if (!path?.done) return "";
    const parts = [`${path.latent_length.toFixed(2)} latent`, `${path.image_length.toFixed(2)} picture`, `${Math.round(100 * path.evenness)} % even`];
    const lowest = lowestWords(path, density);
    return [...parts, ...(lowest ? [`lowest: ${lowest}`] : [])].join(" · ");
  }

  function title({ path }) {
    const where = typeof path?.lowest_at === "number" ? `, ${Math.round(100 * path.lowest_at)} % of the way along` : "";
    return `Length in latent units · length as the change of the picture, Euclidean over pixel values 0 to 1 · how evenly the picture changes: 100 % where every step changes it as much · the least usual place on the way${where}: its percentile among held-out images, and log q(z), the density of the encoded images there`;
  }

  function tell(its) {
    const { path, find } = its;
    const words = path?.problem ?? (path && !path.done ? [path.message, timeLeft(path.seconds_left)].filter(Boolean).join(", ") || "Looking for the path…" : "");
    const shown = figures(its);
    find(".path-figures").hidden = !shown;
    find(".path-figures").textContent = shown;
    find(".path-figures").title = title(its);
    find(".path-words").hidden = Boolean(shown);
    find(".path-words").textContent = words || WORDS[its.place.dataset.kind][1];
    find(".path-words").classList.toggle("wrong", Boolean(path?.problem));
    find(".stop").hidden = !path || path.done !== false || !["data", "geodesic"].includes(its.place.dataset.kind);
  }

  return {
    get frames() {
      return frames;
    },
    /** How many frames a strip has, by the room that there is. */
    fit(count) {
      frames = count;
      element.style.setProperty("--frames", count);
    },
    show(chosen, compared) {
      for (const [kind, { place, find }] of rows) {
        const isChosen = kind === chosen;
        const open = isChosen || compared.includes(kind);
        place.classList.toggle("chosen", isChosen);
        find(".choose").ariaChecked = String(isChosen);
        find(".choose").tabIndex = isChosen ? 0 : -1;
        find(".compare").ariaPressed = String(compared.includes(kind));
        find(".compare").disabled = isChosen;
        find(".film").hidden = !open;
        if (!open) Object.assign(rows.get(kind), { path: null, density: null });
        tell(rows.get(kind));
      }
    },
    setPath(kind, path) {
      const its = rows.get(kind);
      if (path === null || !path.done) its.density = null;
      its.path = path;
      tell(its);
    },
    setStrip: (kind, { pixels, shape, count }) => drawStrip(rows.get(kind).find(".strip"), pixels, shape, count),
    setNow: (kind, pixels, shape, index) => rows.get(kind).now.draw(pixels, shape, index),
    setPlace: (share) => element.style.setProperty("--place", share.toFixed(5)),
    /** `percentiles` and `verdicts` of evenly spaced places on the way. */
    setDensity(kind, percentiles, verdicts) {
      const its = rows.get(kind);
      const lowest = Math.min(...percentiles);
      its.density = { lowest, verdict: verdicts[percentiles.indexOf(lowest)] };
      drawRibbon(its.find(".ribbon"), verdicts);
      tell(its);
    },
  };
}

/** How bare the way is at its barest place: by the verdict on it, and by the density itself; empty where neither is known. */
export function lowestWords(path, density) {
  const known = typeof path.lowest_log_density === "number";
  const nats = known ? `log q ${path.lowest_log_density.toFixed(1).replace("-", "−")}` : "";
  return density ? `${VERDICTS[density.verdict]} (${percentile(density.lowest)})${known ? `, ${nats}` : ""}` : nats;
}

function drawRibbon(canvas, verdicts) {
  canvas.width = verdicts.length;
  canvas.height = 1;
  const context = canvas.getContext("2d");
  verdicts.forEach((verdict, index) => {
    context.fillStyle = `rgb(${COLOURS[verdict].join()})`;
    context.fillRect(index, 0, 1, 1);
  });
}

function percentile(value) {
  return value > 0 && value < 1 ? value.toFixed(1) : value.toFixed(0);
}
