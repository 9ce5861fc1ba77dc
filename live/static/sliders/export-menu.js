// A button "Save" and the small panel that it opens: which file, how large, along which dimension. The live route makes
// the file, the browser downloads it. docs/live-protocol.md says what may be asked.

const UNREACHABLE = "The server does not answer. Is it still running?";
const KINDS = {
  png: { text: "Picture (PNG)", needs: ["scale", "smooth"] },
  sheet: { text: "Contact sheet (PNG)", needs: ["dimension", "columns", "scale", "smooth", "captions"] },
  gif: { text: "Film (GIF)", needs: ["dimension", "frames", "fps", "scale", "smooth"] },
  mp4: { text: "Film (MP4)", needs: ["dimension", "frames", "fps", "scale", "smooth"] },
  json: { text: "Latent (JSON)", needs: [] },
  python: { text: "Program (Python)", needs: ["scale", "smooth"] },
};
const FILMS = ["gif", "mp4"];
const ALL = "all";
const KEPT_FOR = 30_000; // ms until the browser may forget a file that it has been given

let menus = 0;

const markup = (id) => `
  <button type="button" class="export-open" aria-haspopup="dialog" aria-expanded="false" aria-controls="${id}">Save</button>
  <form class="export-panel" id="${id}" role="dialog" aria-label="Save what is on the screen" novalidate hidden>
    <label class="export-row"><span id="${id}-what">File</span><select class="field" name="what" aria-labelledby="${id}-what"></select></label>
    <label class="export-row"><span id="${id}-dimension">Dimension</span><select class="field" name="dimension" aria-labelledby="${id}-dimension"></select></label>
    <label class="export-row"><span id="${id}-layout">Shown</span><select class="field" name="layout" aria-labelledby="${id}-layout">
      <option value="grid">side by side</option><option value="sequence">one after the other</option></select></label>
    <label class="export-row"><span id="${id}-columns">Pictures in a row</span><input class="field figure" name="columns" aria-labelledby="${id}-columns" type="number" min="3" max="60" value="9" required></label>
    <label class="export-row"><span id="${id}-frames">Frames, there and back</span><input class="field figure" name="frames" aria-labelledby="${id}-frames" type="number" min="8" max="240" value="48" required></label>
    <label class="export-row"><span id="${id}-fps">Frames per second</span><input class="field figure" name="fps" aria-labelledby="${id}-fps" type="number" min="1" max="50" value="24" required></label>
    <label class="export-row"><span id="${id}-scale">Scale</span><input class="field figure" name="scale" aria-labelledby="${id}-scale" type="number" min="1" max="32" value="8" required></label>
    <label class="export-row export-check"><input name="smooth" type="checkbox"><span>Smooth pixels</span></label>
    <label class="export-row export-check"><input name="captions" type="checkbox" checked><span>Names and values on it</span></label>
    <button type="submit" class="export-make">Download</button>
    <progress class="export-progress" aria-label="Progress" hidden></progress>
    <p class="export-said quiet" role="status"></p>
    <p class="problem" role="alert" hidden></p>
  </form>`;

/**
 * The menu in `element`. `live`: the address of the live routes, which ends with a slash. `state()` tells what is on the
 * screen: {model, weights, latent: Float32Array, label, dimension (touched last, or null), ranges: [[low, high]...],
 * names: {index: name}} and, if wanted, `smooth`. Gives back `close()` and `remove()`.
 */
export function createExportMenu(element, { live, state }) {
  const leaving = new AbortController();
  element.classList.add("export");
  element.innerHTML = markup(`export-panel-${++menus}`);
  const find = (selector) => element.querySelector(selector);
  const [opener, panel, make] = [find(".export-open"), find(".export-panel"), find(".export-make")];
  const fields = panel.elements;
  fields.what.append(...Object.entries(KINDS).map(([kind, { text }]) => new Option(text, kind)));
  let offered = ""; // for which model and names the list of dimensions was made
  let touched = null; // the dimension that the panel last took over from the hand

  opener.onclick = () => (panel.hidden ? open() : close());
  panel.onchange = () => show();
  panel.onsubmit = (event) => {
    event.preventDefault();
    download();
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    close();
  });
  document.addEventListener(
    "pointerdown",
    (event) => event.composedPath().includes(element) || close(false),
    { signal: leaving.signal },
  );

  function open() {
    offer(state());
    panel.hidden = false;
    opener.ariaExpanded = "true";
    show();
    fields.what.focus();
  }

  function close(back = true) {
    if (panel.hidden) return;
    panel.hidden = true;
    opener.ariaExpanded = "false";
    if (back) opener.focus();
  }

  // The list of dimensions, and the one touched last chosen when the hand went to another since the panel last looked.
  function offer({ model, latent, dimension, names = {}, smooth }) {
    const wanted = JSON.stringify([model, latent.length, names]);
    if (wanted !== offered) {
      const before = fields.dimension.value;
      const named = Array.from(latent, (_, index) => new Option(nameOf(index, names), String(index)));
      fields.dimension.replaceChildren(new Option(`all ${latent.length}`, ALL), ...named);
      if (offered && before < latent.length) fields.dimension.value = before;
      offered = wanted;
    }
    if (dimension !== null && dimension !== touched) fields.dimension.value = String(dimension);
    touched = dimension;
    if (smooth !== undefined) fields.smooth.checked = smooth;
  }

  function show() {
    const kind = fields.what.value;
    const shown = new Set(["what", ...KINDS[kind].needs]);
    const several = fields.dimension.value === ALL && fields.dimension.options.length > 2;
    if (FILMS.includes(kind) && several) shown.add("layout");
    if (shown.has("layout") && fields.layout.value === "grid") shown.add("captions");
    for (const field of fields) if (field.name) field.closest(".export-row").hidden = !shown.has(field.name);
    say("");
  }

  async function download() {
    const asked = request();
    if (asked === null) return;
    busy(true);
    try {
      const { blob, name } = await fetchFile(asked);
      give(blob, name);
      find(".export-said").textContent = `${name}, ${size(blob.size)}`;
    } catch (problem) {
      if (!leaving.signal.aborted) say(problem.message);
    } finally {
      busy(false);
    }
  }

  // What is asked for, or null when a number does not fit: then the field says so.
  function request() {
    const { model, weights, latent, label = null, ranges, names = {} } = state();
    const kind = fields.what.value;
    const wrong = [...fields].find((field) => field.name && !field.closest(".export-row").hidden && !field.checkValidity());
    if (wrong) {
      say(`${wrong.previousElementSibling.textContent} is ${wrong.value || "empty"}; it must be a whole number from ${wrong.min} to ${wrong.max}.`);
      wrong.focus();
      return null;
    }
    const one = fields.dimension.value === ALL ? null : Number(fields.dimension.value);
    const values = {
      dimension: { dimensions: one === null ? null : [one], low_high: one === null ? ranges : [ranges[one]] },
      columns: { frames: Number(fields.columns.value) },
      frames: { frames: Number(fields.frames.value), layout: fields.layout.value, captions: fields.captions.checked },
      fps: { fps: Number(fields.fps.value) },
      scale: { scale: Number(fields.scale.value) },
      smooth: { smooth: fields.smooth.checked },
      captions: { captions: fields.captions.checked },
    };
    const asked = Object.assign({ what: kind, label, names }, ...KINDS[kind].needs.map((field) => values[field]));
    return { address: `${live}export/${model}/${weights}`, body: withLatent(latent, asked) };
  }

  async function fetchFile({ address, body }) {
    const options = { method: "POST", body, headers: { "Content-Type": "application/json" }, signal: leaving.signal };
    const answer = await fetch(new URL(address, window.location.href), options).catch(() => null);
    if (answer === null) throw new Error(UNREACHABLE);
    if (!answer.ok) {
      const said = await answer.json().catch(() => null);
      throw new Error(said?.message ?? `The server answered ${answer.status}.`);
    }
    const [, name] = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/) ?? [null, "download"];
    return { blob: await answer.blob(), name };
  }

  function give(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = Object.assign(document.createElement("a"), { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), KEPT_FOR);
  }

  function busy(on) {
    const hadFocus = element.getRootNode().activeElement === make;
    make.disabled = on;
    make.textContent = on ? "Making the file…" : "Download";
    find(".export-progress").hidden = !on;
    panel.setAttribute("aria-busy", String(on));
    if (on) say("");
    else if (hadFocus || !element.getRootNode().activeElement) if (!panel.hidden) make.focus();
  }

  function say(problem) {
    find(".problem").textContent = problem;
    find(".problem").hidden = !problem;
    find(".export-said").textContent = "";
  }

  return {
    close,
    remove() {
      leaving.abort();
      element.replaceChildren();
    },
  };
}

// JSON has a −0, JSON.stringify writes 0: the latent goes out bit for bit.
function withLatent(latent, others) {
  const numbers = Array.from(latent, (value) => (Object.is(value, -0) ? "-0.0" : String(value)));
  return `{"latent":[${numbers.join(",")}],${JSON.stringify(others).slice(1)}`;
}

function nameOf(index, names) {
  return names[index] ? `z${index + 1}: ${names[index]}` : `z${index + 1}`;
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
