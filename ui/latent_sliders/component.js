// One slider per latent dimension beside the picture that they make. A drag asks the live socket for each position and
// never runs the page's script; letting go commits the latent to the page and to its link.

const MODULES = [
  "latent-socket", "picture", "frame-meter", "connection", "track", "page-link", "image-number", "component-life",
];
const LANE = "sliders";
const MANY = 8; // above this the rows stand in two columns, so that picture and sliders fit on one screen
const SAME = 5e-5; // the link keeps four decimals: what differs less is the same latent
const IDLE_NATS = 0.01; // a dimension that carries less does not move the picture

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const loaded = await Promise.all(MODULES.map((name) => import(address(name))));
  const live = Object.assign({}, ...loaded);
  return live.keepAlive(component, (first) => new Sliders(first.parentElement, live));
}

class Sliders {
  constructor(root, live) {
    this.live = live;
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".sliders");
    this.socket = live.latentSocket();
    this.picture = live.createPicture(this.find("canvas"));
    this.meter = live.createFrameMeter(this.find(".meter"));
    this.hidePill = live.showConnection(this.find(".picture"), this.socket);
    this.tracks = [];
    this.latent = new Float32Array(0);
    this.find(".reset").onclick = (event) => this.jump(this.home, event);
    this.find(".random").onclick = (event) => this.jump(priorDraw(this.latent.length), event);
    this.find(".smoothing").onclick = () => this.smooth(this.find(".smoothing").ariaPressed !== "true");
    this.find(".previous").onclick = () => this.ask(this.row - 1);
    this.find(".next").onclick = () => this.ask(this.row + 1);
    this.find(".shuffle").onclick = () => this.ask(Math.floor(Math.random() * this.data.images));
    this.find(".number").onchange = () => this.typed();
  }

  update({ data, setStateValue }) {
    const before = this.data;
    this.data = data;
    this.tell = setStateValue;
    if (before?.weights !== data.weights || before?.model !== data.model) this.build();
    if (before?.start.id !== data.start.id) this.begin();
  }

  remove() {
    this.tracks.forEach((track) => track.remove());
    this.socket.forget(LANE);
    this.meter.stop();
    this.hidePill();
  }

  // --- the latent and its picture

  begin() {
    const { start } = this.data;
    this.row = start.row ?? 0;
    this.home = Float32Array.from(start.code ?? start.latent);
    this.setLatent(start.latent);
    this.decode(null);
    this.showSource();
    this.live.replaceLink("sliders", { image: start.row, z: start.edited ? this.live.latentText(start.latent) : null });
  }

  setLatent(latent) {
    this.latent = Float32Array.from(latent);
    this.tracks.forEach((track, index) => track.set(this.latent[index]));
    this.figures.forEach((figure, index) => (figure.textContent = signed(this.latent[index])));
    this.showReset();
  }

  get atHome() {
    return this.latent.every((value, index) => Math.abs(value - this.home[index]) < SAME);
  }

  showReset() {
    const { row } = this.data.start;
    const { atHome } = this;
    const button = this.find(".reset");
    if (button.disabled === atHome && button.dataset.row === String(row)) return;
    const home = row === null ? "where this page started" : `the code of image ${row}`;
    Object.assign(button, { disabled: atHome, title: atHome ? `Nothing to reset: this is ${home}` : `Back to ${home}` });
    button.dataset.row = row;
  }

  moved(index, value, event) {
    this.latent[index] = value;
    this.meter.sent(event.timeStamp);
    this.decode(event.timeStamp);
    this.figures[index].textContent = signed(value);
    this.showReset();
  }

  jump(latent, event) {
    this.setLatent(latent);
    this.decode(event.timeStamp);
    this.commit();
  }

  commit() {
    const coded = this.data.start.code && this.atHome;
    this.live.replaceLink("sliders", { z: coded ? null : this.live.latentText(this.latent) });
    this.tell("latent", { values: Array.from(this.latent), start: this.data.start.id });
  }

  decode(stamp) {
    const { model, weights } = this.data;
    const request = { model, weights, lane: LANE, latents: this.latent, tag: stamp };
    this.socket.decode(request, (reply) => this.draw(reply), (error) => this.say(error.message));
  }

  draw({ pixels, shape, tag }) {
    const changed = this.picture.draw(pixels, shape);
    if (tag !== null) this.meter.drawn(tag, changed);
    if (!this.find(".veil").hidden) this.find(".veil").hidden = true;
    if (!this.find(".problem").hidden) this.say("");
  }

  say(problem) {
    this.find(".problem").textContent = problem;
    this.find(".problem").hidden = !problem;
  }

  smooth(on) {
    this.find(".smoothing").ariaPressed = String(on);
    this.section.classList.toggle("smooth", on);
    this.picture.setSmooth(on);
  }

  // --- the image that it started from

  typed() {
    const field = this.find(".number");
    const { images, start } = this.data;
    const { row, said } = this.live.imageNumber(field.value, images);
    field.value = row ?? start.row ?? "";
    if (row !== null && row !== start.row) return this.ask(row, said);
    this.said = said;
    this.showSource();
  }

  ask(row, said = "") {
    const { images } = this.data;
    this.said = said;
    this.row = ((row % images) + images) % images;
    this.find(".number").value = this.row;
    this.tell("row", { row: this.row, ask: Date.now(), weights: this.data.weights });
  }

  showSource() {
    const { start, images, originals, note } = this.data;
    const { said = "" } = this;
    this.find(".source").hidden = !images;
    if (!images) return;
    const chosen = start.row !== null;
    const named = start.label === null ? `Image ${start.row}` : `Image ${start.row}, ${start.label}`;
    const many = images.toLocaleString("en");
    const which = chosen ? `Image ${start.row} of ${many}${start.label === null ? "" : `: ${start.label}`}` : `No image yet, of ${many}`;
    this.find(".number").value = start.row ?? "";
    this.find(".number").max = images - 1;
    this.find(".facts").textContent = [`${which}.`, said, note].filter(Boolean).join(" ");
    this.find(".original").hidden = !chosen || !originals;
    this.find(".reconstruction").hidden = !chosen;
    if (!chosen) return;
    for (const kind of ["original", "reconstruction"]) {
      if (kind === "original" && !originals) continue;
      const picture = this.find(`.${kind} img`);
      picture.src = this.pictureAddress(start.row, kind);
      picture.alt = `${named}: ${kind}`;
    }
  }

  pictureAddress(row, kind) {
    const { live, model, weights } = this.data;
    return new URL(`${live}picture/${model}/${weights}/${row}.png?kind=${kind}`, window.location.href).href;
  }

  // --- the rows

  build() {
    const { ranges, nats, shape } = this.data;
    const [, height, width] = shape;
    this.socket.forget(LANE);
    this.tracks.forEach((track) => track.remove());
    this.section.classList.toggle("many", ranges.length > MANY);
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    const rows = ranges.map((ends, index) => this.buildRow(index, ends, nats?.[index]));
    this.tracks = rows.map((row) => row.track);
    this.figures = rows.map((row) => row.figure);
    this.find(".rows").replaceChildren(...rows.map((row) => row.element));
  }

  buildRow(index, [low, high], nats) {
    const element = document.createElement("div");
    element.className = "dimension";
    element.dataset.dimension = index;
    const name = span("name figure", `z${index + 1}`);
    const figure = span("figure", "");
    const carried = span("nats figure", nats === undefined ? "" : `${nats.toFixed(2)} nats`);
    carried.title = "What this dimension carries: its KL to the prior, averaged over the test images. 1 nat is 1.44 bits";
    element.classList.toggle("idle", nats < IDLE_NATS);
    name.title = nats === undefined ? "" : `${carried.textContent}. ${carried.title}`;
    const handle = document.createElement("div");
    handle.className = "track";
    handle.ariaLabel = `Latent dimension ${index + 1}`;
    const track = this.live.createTrack(handle, {
      onMove: (value, event) => this.moved(index, value, event),
      onRelease: () => this.commit(),
    });
    track.configure({ low, high });
    element.append(name, handle, figure, carried);
    return { element, track, figure };
  }
}

function span(kind, text) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = text;
  return element;
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

// Standard normal numbers (Box and Muller 1958): a draw from the prior.
function priorDraw(count) {
  const uniform = crypto.getRandomValues(new Uint32Array(2 * count));
  return Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log((uniform[2 * index] + 1) / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * uniform[2 * index + 1]) / 2 ** 32);
  });
}
