// Plotly at rest: it draws the axes, and the points where the machine draws them fast enough. While the hand moves, the moving
// picture and plain grid lines stand for it.

import { axesOf, pointTraces } from "./figure.js";
import { loadPlotly, plotlyStyle } from "../plotly-script.js";

const QUIET_MS = 400; // with no move of the view and none of the pointer before Plotly is asked: it holds the page up meanwhile
const FIRST_MS = 1500; // the same before its script is asked for: 4.8 MB, which a page that still fills itself can do without
const PATIENCE_MS = 120; // what drawing the points may take; above it the picture stands for them from then on
const MOST_POINTS = 100_000;
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i; // WebGL without a graphics card: 70,000 points take a second

export class PlotlyAtRest {
  drawn = null; // "axes", "points" or null: what of it is on the screen
  #Plotly = null;
  #failed = false;
  #slow = null; // true where the points are left to the picture
  #timer = null;
  #turn = 0;

  /** `address` of Plotly's script; `points`: "auto", "always" or "never"; `onDrawn()` after each change of `drawn`. */
  constructor(element, { address, points = "auto", onDrawn }) {
    Object.assign(this, { element, address, points, onDrawn });
  }

  /** The view or the pointer moves: what Plotly draws is gone if it no longer fits, and a drawing that waits waits on. */
  disturb(moved) {
    if (moved) this.#hide();
    if (moved || this.#timer !== null) this.#later();
  }

  /** What is to be drawn once all is quiet: `scene` and the `look` of the theme, the radius of a dot. */
  follow(scene, look, radius) {
    Object.assign(this, { scene, look, radius });
    this.#later();
  }

  remove() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#Plotly?.purge(this.element);
  }

  #hide() {
    this.#turn += 1;
    if (this.drawn === null) return;
    this.drawn = null;
    this.element.hidden = true;
    this.onDrawn();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#draw();
    }, this.#Plotly ? QUIET_MS : FIRST_MS);
  }

  async #draw() {
    if (this.#failed || !this.scene || this.scene.inSpace) return;
    const turn = this.#turn;
    if (!(await this.#load()) || turn !== this.#turn) return;
    const withPoints = this.#wantsPoints();
    const began = performance.now();
    this.element.hidden = false;
    this.element.style.visibility = "hidden";
    await this.#Plotly.react(this.element, withPoints ? this.#traces() : [], this.#layout(), { staticPlot: true });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    if (withPoints && performance.now() - began > PATIENCE_MS && this.points === "auto") this.#slow = true;
    if (turn !== this.#turn) return;
    this.element.style.visibility = "";
    this.drawn = withPoints ? "points" : "axes";
    this.onDrawn();
  }

  async #load() {
    if (this.#Plotly) return true;
    try {
      this.#Plotly = await loadPlotly(this.address);
      this.element.before(plotlyStyle());
    } catch {
      this.#failed = true; // the plain grid stays
    }
    return this.#Plotly !== null;
  }

  #wantsPoints() {
    if (this.points === "never" || this.scene.cloud.count > MOST_POINTS) return false;
    if (this.points === "always") return true;
    this.#slow ??= drawnInSoftware();
    return !this.#slow;
  }

  #traces() {
    return pointTraces(this.scene, { kind: "scattergl", size: 2 * this.radius + 1 }).map(({ rows: _, ...trace }) => trace);
  }

  #layout() {
    const { view } = this.scene;
    return {
      width: view.width,
      height: view.height,
      margin: { l: 0, r: 0, t: 0, b: 0 },
      ...axesOf(view, this.look),
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
    };
  }
}

/** Whether this browser has no graphics card for WebGL. */
function drawnInSoftware() {
  const context = document.createElement("canvas").getContext("webgl");
  if (!context) return true;
  const about = context.getExtension("WEBGL_debug_renderer_info");
  const name = about ? context.getParameter(about.UNMASKED_RENDERER_WEBGL) : "";
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(name);
}
