// A Plotly figure that stays mounted: new data goes into the drawn plot, so that nothing blinks, and zoom, hidden curves
// and the label under the pointer stay.

const MODULES = ["plotly-script", "component-life"];
const CONFIG = {
  displaylogo: false,
  displayModeBar: "hover",
  modeBarButtons: [["zoom2d", "pan2d", "resetScale2d"]],
  doubleClick: "reset",
  showTips: false,
};
const FAILED = "The chart cannot be drawn: its script did not come from the server.";

export default async function (component) {
  const root = component.parentElement;
  root.querySelector(".chart").style.height = `${component.data.height}px`; // before anything is there to fill it
  const live = await modules(component.data.live);
  if (live) return live.keepAlive(component, (first) => new PlotlyFigure(first.parentElement, live));
  root.querySelector(".veil p").textContent = `${FAILED} Load the page again.`;
}

async function modules(live) {
  try {
    return await import(new URL(`${live}linked.js?modules=${MODULES}`, window.location.href));
  } catch {
    return null;
  }
}

class PlotlyFigure {
  constructor(root, live) {
    this.live = live;
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.plot = this.find(".plot");
    this.hidden = new Set();
    this.find(".again").onclick = () => this.draw();
    this.plot.addEventListener("mousemove", pinTarget, { capture: true });
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.plot);
  }

  update({ data }) {
    this.find(".chart").style.height = `${data.height}px`;
    this.plot.ariaLabel = data.words;
    const same = data.figure === this.data?.figure && data.waiting === this.data.waiting;
    this.data = data;
    if (!same || !this.Plotly) this.draw();
  }

  remove() {
    this.gone = true;
    this.sizes.disconnect();
    this.Plotly?.purge(this.plot);
  }

  async draw() {
    const { live, plotly } = this.data;
    try {
      const Plotly = await this.live.loadPlotly(new URL(`${live}plotly.min.js?v=${plotly}`, window.location.href).href);
      if (this.gone) return;
      if (!this.Plotly) this.root.append(this.live.plotlyStyle());
      this.Plotly = Plotly;
    } catch {
      this.say(FAILED, true);
      return;
    }
    this.say(this.data.waiting);
    this.react();
  }

  say(words, again = false) {
    this.find(".veil p").textContent = words;
    this.find(".again").hidden = !again;
    this.find(".veil").hidden = !words;
  }

  react() {
    const { data, layout } = JSON.parse(this.data.figure);
    this.showLegend(this.data.waiting ? [] : data);
    for (const trace of data) trace.visible = !this.hidden.has(trace.name);
    this.shape = this.wanted();
    Object.assign(layout, this.shape);
    this.dress(layout);
    this.Plotly.react(this.plot, data, layout, CONFIG);
  }

  wanted() {
    return { width: this.plot.clientWidth, height: this.plot.clientHeight };
  }

  // Fonts are set here, since Plotly measures them. On a touch screen a finger scrolls the page and only buttons zoom.
  dress(layout) {
    const style = getComputedStyle(this.plot);
    const figures = { family: style.getPropertyValue("--st-code-font"), size: 12 };
    layout.font = { ...layout.font, family: style.getPropertyValue("--st-font"), size: 13 };
    layout.hoverlabel = { ...layout.hoverlabel, font: figures };
    for (const [name, part] of Object.entries(layout)) if (/^[xy]axis/.test(name)) part.tickfont = figures;
    if (window.matchMedia("(pointer: coarse)").matches) layout.dragmode = false;
  }

  resized() {
    const { width, height } = this.wanted();
    if (!this.Plotly || !width || (width === this.shape.width && height === this.shape.height)) return;
    this.shape = { width, height };
    this.Plotly.relayout(this.plot, this.shape);
  }

  // --- the legend: a button for each name

  showLegend(traces) {
    const strokes = new Map(traces.map(({ name, line }) => [name, line.color]));
    const legend = this.find(".legend");
    if (Array.from(legend.children, ({ value }) => value).join() === [...strokes.keys()].join()) return;
    legend.replaceChildren(...Array.from(strokes, ([name, stroke]) => this.legendButton(name, stroke)));
  }

  legendButton(name, stroke) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", value: name, ariaPressed: String(!this.hidden.has(name)) });
    button.append(document.createElement("i"), name);
    button.style.setProperty("--stroke", stroke);
    button.onclick = () => {
      if (!this.hidden.delete(name)) this.hidden.add(name);
      button.ariaPressed = String(!this.hidden.has(name));
      this.react();
    };
    return button;
  }
}

// Plotly keeps the last move and repeats it after new data, to show the label again. Once an event is over, its target
// reads as the element that holds the shadow root, and the label would come up in another place.
function pinTarget(event) {
  Object.defineProperty(event, "target", { value: event.target });
}
