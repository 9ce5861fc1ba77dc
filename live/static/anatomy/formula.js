// Formulas in LaTeX, set by KaTeX, with slots for numbers: \slot{name} or \slot[width]{name} is a place of `width` digits
// (6 without one) whose number changes without a new layout.

const FOLDER = new URL("../vendor/katex/", import.meta.url);
const WIDTH = 6;
const FACES = ["KaTeX_Main", "italic 1em KaTeX_Math", "KaTeX_Size1", "KaTeX_Size2", "KaTeX_AMS", "KaTeX_Caligraphic"];
const SAID_MS = 400;
let ready = null;

/** Loads KaTeX, its style into `root` (a shadow root) and the fonts, so that no formula moves when it is set. */
export async function loadFormulas(root) {
  ready ??= Promise.all([import(new URL("katex.min.js", FOLDER)), styleOf(document.head)]);
  await Promise.all([ready, styleOf(root)]);
  await Promise.all(FACES.map((face) => document.fonts.load(face.includes(" ") ? face : `1em ${face}`)));
}

/** A style sheet inside a shadow root applies to what is in it; its fonts only count in the document itself. */
function styleOf(place) {
  if (place.querySelector("link[data-formulas]")) return Promise.resolve();
  return new Promise((go, stop) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: new URL("katex.min.css", FOLDER).href, onload: go });
    link.onerror = () => stop(new Error("The style of the formulas could not be read. Reload the page."));
    link.dataset.formulas = "";
    place.append(link);
  });
}

/** The LaTeX that KaTeX is given, and the slots' widths by name. */
export function withSlots(tex) {
  const widths = {};
  const text = tex.replace(/\\slot(?:\[(\d+)\])?\{(\w+)\}/g, (_, width, name) => {
    widths[name] = Number(width ?? WIDTH);
    return `{\\htmlData{slot=${name}}{\\mathrm{0}}}`; // a group of its own, so that operators keep their distance
  });
  return { text, widths };
}

/** Sets a formula in `element`; gives back {set({slot: text})}. `display`: large, with limits above and below. */
export function setFormula(element, tex, { display = false } = {}) {
  const { text, widths } = withSlots(tex);
  element.classList.add("formula");
  globalThis.katex.render(text, element, { displayMode: display, throwOnError: false, output: "html", strict: "ignore", trust: ({ command }) => command === "\\htmlData" });
  element.role = "math";
  const slots = Object.fromEntries(Object.entries(widths).map(([name, width]) => [name, slotIn(element, name, width)]));
  const values = {};
  let telling = null;
  const tell = () => {
    telling = null;
    element.ariaLabel = spoken(tex, values);
  };
  tell();
  return {
    set(given) {
      for (const [name, value] of Object.entries(given)) {
        if (!slots[name] || values[name] === value) continue;
        values[name] = value;
        slots[name].forEach((slot) => (slot.textContent = value));
      }
      telling ??= setTimeout(tell, SAID_MS);
    },
  };
}

function slotIn(element, name, width) {
  return [...element.querySelectorAll(`[data-slot="${name}"]`)].map((place) => {
    const slot = Object.assign(document.createElement("span"), { className: width < 3 ? "slot whole" : "slot" });
    slot.style.width = `${width}ch`;
    place.replaceChildren(slot);
    return slot;
  });
}

/** A formula for assistive tools: its LaTeX with the numbers in place of the slots. */
export function spoken(tex, values) {
  return tex.replace(/\\slot(?:\[\d+\])?\{(\w+)\}/g, (_, name) => values[name] ?? "…").replaceAll(/\\[,;!:]|\\(left|right|mathrm|operatorname|boldsymbol|mathcal|underbrace)\b/g, " ");
}
