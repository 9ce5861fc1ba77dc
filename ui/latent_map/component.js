// The encoded images as points of a plane. The pointer decodes the place it is on, live; the nearest image is named
// beside the map; a click opens it. The wheel, two fingers or a drag move the view. Nothing runs the page's script
// but a click that opens something.

const MODULES = [
  "latent-socket", "picture", "frame-meter", "connection", "arrays", "plane-view", "scatter", "gestures",
  "nearest-image", "decoded-plane", "page-link", "component-life",
];
const LANE = "map";
const TILES_LANE = "map-tiles";
const REACH = 14; // CSS pixels around the pointer in which an image counts as meant
const KEY_STEP = 0.02; // of the view's width

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const loaded = await Promise.all(MODULES.map((name) => import(address(name))));
  const live = Object.assign({}, ...loaded);
  return live.keepAlive(component, (first) => new LatentMap(first.parentElement, live));
}

class LatentMap {
  constructor(root, live) {
    this.live = live;
    this.find = (selector) => root.querySelector(selector);
    this.field = this.find(".field-of-view");
    this.socket = live.latentSocket();
    this.picture = live.createPicture(this.find(".picture canvas"));
    this.meter = live.createFrameMeter(this.find(".meter"));
    this.hidePill = live.showConnection(this.find(".picture"), this.socket);
    this.view = new live.PlaneView();
    this.near = new live.NearestImage(this.find(".nearest"));
    this.tiles = new live.DecodedPlane(this.find(".tiles"), {
      ask: (latents, count, onReply) => this.ask(TILES_LANE, latents, onReply, { count }),
      latentAt: (place) => this.latentAt(place),
      most: () => this.socket.limits?.max_count ?? 64,
    });
    this.listening = new AbortController();
    this.hidden = new Set();
    this.listenToHand();
    this.listenToButtons();
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.field);
  }

  update({ data, setTriggerValue, setStateValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    this.tell = setStateValue;
    this.latent = null;
    if (before?.weights !== data.weights || before?.model !== data.model) this.newModel();
    if (before?.weights !== data.weights || before?.plane.id !== data.plane.id) this.newPlane();
    else this.redraw();
    this.showChoice();
  }

  remove() {
    this.listening.abort();
    this.sizes.disconnect();
    this.tiles.remove();
    cancelAnimationFrame(this.frame);
    this.socket.forget(LANE);
    this.socket.forget(TILES_LANE);
    this.meter.stop();
    this.hidePill();
  }

  // --- what is shown

  newModel() {
    const { data, live } = this;
    const [, height, width] = data.shape;
    const section = this.find(".map");
    section.style.setProperty("--aspect", `${width} / ${height}`);
    section.style.setProperty("--ratio", width / height);
    this.socket.forget(LANE);
    this.hidden.clear();
    this.labels = data.labels ? live.int16Of(data.labels) : null;
    this.near.open(data);
    this.buildLegend();
    this.buildControls();
  }

  newPlane() {
    const { plane } = this.data;
    this.points = { x: this.live.float32Of(plane.x), y: this.live.float32Of(plane.y), classes: this.labels };
    this.nameNone();
    this.find(".veil").hidden = true;
    this.fit();
    this.lookAt(this.view.toScreen(this.view.centre), null);
  }

  fit() {
    this.view.resize(this.field.clientWidth, this.field.clientHeight); // before the first look at its size, too
    this.view.fit(this.points.x, this.points.y);
    this.whole = true;
    this.redraw();
  }

  resized() {
    if (this.whole) return this.fit();
    this.view.resize(this.field.clientWidth, this.field.clientHeight);
    if (this.points) this.redraw();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.drawPoints();
      this.drawPointer();
    });
    this.tiles.follow(this.view);
  }

  drawPoints() {
    const style = getComputedStyle(this.field);
    const accent = style.getPropertyValue("--st-primary-color").trim();
    const colours = this.labels ? this.data.colours : [accent];
    const context = this.live.drawScatter(this.find(".points"), this.view, this.points, colours, this.hidden);
    const font = style.getPropertyValue("--st-code-font") || "monospace";
    const [ground, text] = ["background", "text"].map((name) => style.getPropertyValue(`--st-${name}-color`).trim());
    this.live.drawGrid(context, this.view, { line: "rgba(128, 128, 128, 0.22)", text, halo: ground, font });
    this.field.classList.toggle("light", style.colorScheme !== "dark");
  }

  /** The cross and the ring are moved by transforms: nothing is painted again while the hand moves. */
  drawPointer() {
    const ring = this.find(".ring");
    ring.hidden = this.near.row === null;
    if (!ring.hidden) moveTo(ring, this.view.toScreen(this.pointAt(this.near.row)));
    if (this.place) moveTo(this.find(".cross"), this.view.toScreen(this.place));
  }

  pointAt(row) {
    return [this.points.x[row], this.points.y[row]];
  }

  // --- the decoder under the pointer

  latentAt([x, y]) {
    const { origin, axes } = this.data.plane;
    return origin.map((value, index) => value + x * axes[0][index] + y * axes[1][index]);
  }

  lookAt(screen, stamp) {
    const place = this.view.toPlane(screen);
    const moved = !this.latent || place[0] !== this.place[0] || place[1] !== this.place[1];
    this.place = place;
    if (moved) this.decode(stamp);
    this.nameNearest(screen);
    this.drawPointer();
  }

  decode(stamp) {
    const { plane } = this.data;
    this.latent = this.latentAt(this.place);
    if (stamp !== null) this.meter.sent(stamp);
    this.ask(LANE, this.latent, (reply) => this.draw(reply), { tag: stamp });
    const [x, y] = this.place.map(signed);
    this.find(".place").textContent = `${plane.titles[0]} ${x}  ${plane.titles[1]} ${y}`;
    this.find(".open").disabled = false;
  }

  ask(lane, latents, onReply, rest) {
    const { model, weights } = this.data;
    this.socket.decode({ model, weights, lane, latents, ...rest }, onReply, (error) => this.say(error.message));
  }

  draw({ pixels, shape, tag }) {
    const changed = this.picture.draw(pixels, shape);
    if (tag !== null) this.meter.drawn(tag, changed);
    if (!this.find(".problem").hidden) this.say("");
  }

  say(problem) {
    this.find(".problem").textContent = problem;
    this.find(".problem").hidden = !problem;
  }

  // --- the image nearest to the pointer

  nameNearest(screen) {
    const row = this.nearestTo(screen);
    this.field.classList.toggle("over-point", row !== null);
    this.near.show(row);
  }

  nearestTo([screenX, screenY]) {
    const { x, y } = this.points;
    const [atX, atY] = this.view.toPlane([screenX, screenY]);
    let best = (REACH / this.view.scale) ** 2;
    let row = null;
    for (let index = 0; index < x.length; index += 1) {
      const distance = (x[index] - atX) ** 2 + (y[index] - atY) ** 2;
      if (distance >= best || (this.labels && this.hidden.has(this.labels[index]))) continue;
      best = distance;
      row = index;
    }
    return row;
  }

  open(row) {
    const { weights } = this.data;
    this.trigger("open", row === null ? { weights, latent: this.latent } : { weights, row });
  }

  // --- the hand

  listenToHand() {
    const hand = {
      look: (at, stamp) => this.lookAt(at, stamp),
      click: (at) => this.clicked(at),
      pan: (right, down) => this.pan(right, down),
      zoom: (around, factor) => this.zoom(around, factor),
    };
    this.live.onGestures(this.field, hand, this.listening.signal);
    this.field.addEventListener("keydown", (event) => this.typed(event), { signal: this.listening.signal });
  }

  clicked(at) {
    const row = this.nearestTo(at);
    if (row !== null) this.open(row);
  }

  pan(right, down) {
    this.view.panBy(right, down);
    this.whole = false;
    this.redraw();
  }

  zoom(around, factor) {
    this.view.zoomAt(around, factor);
    this.whole = false;
    this.redraw();
  }

  typed(event) {
    if (event.target !== this.field || event.ctrlKey || event.metaKey || event.altKey) return;
    const { width, height } = this.view;
    const step = width * KEY_STEP;
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const [x, y] = this.view.toScreen(this.place);
    if (ways[event.key]) this.lookAt([x + ways[event.key][0], y + ways[event.key][1]], event.timeStamp);
    else if (event.key === "+" || event.key === "=") this.zoom([width / 2, height / 2], 1.25);
    else if (event.key === "-") this.zoom([width / 2, height / 2], 0.8);
    else if (event.key === "0") this.fit();
    else if (event.key === "Enter") this.open(this.nearestTo([x, y]));
    else return;
    event.preventDefault();
  }

  listenToButtons() {
    const middle = () => [this.view.width / 2, this.view.height / 2];
    this.find(".in").onclick = () => this.zoom(middle(), 1.5);
    this.find(".out").onclick = () => this.zoom(middle(), 1 / 1.5);
    this.find(".fit").onclick = () => this.fit();
    this.find(".open").onclick = () => this.open(this.nearestTo(this.view.toScreen(this.place)));
    this.find(".across").onchange = () => this.askPlane("dimensions", "across");
    this.find(".up").onchange = () => this.askPlane("dimensions", "up");
    this.find(".principal").onclick = () => this.askPlane(this.data.choice.kind === "pca" ? "dimensions" : "pca");
    this.find(".tiling").onclick = (event) => this.tiles.follow(this.view, toggled(event.currentTarget));
    this.find(".smoothing").onclick = (event) => {
      const on = toggled(event.currentTarget);
      this.find(".map").classList.toggle("smooth", on);
      this.picture.setSmooth(on);
    };
  }

  buildLegend() {
    const { names, colours } = this.data;
    const chips = names.map((name, kind) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.ariaPressed = "true";
      const dot = document.createElement("i");
      dot.style.setProperty("--dot", colours[kind]);
      chip.append(dot, name);
      chip.onclick = () => {
        if (toggled(chip)) this.hidden.delete(kind);
        else this.hidden.add(kind);
        this.classesChanged();
      };
      return chip;
    });
    this.find(".legend").replaceChildren(...chips);
  }

  /** An image of a hidden class is named no longer; with none shown the panel says so. */
  classesChanged() {
    if (this.near.row === null || this.hidden.has(this.labels[this.near.row])) this.nameNone();
    this.nameNearest(this.view.toScreen(this.place));
    this.redraw();
  }

  nameNone() {
    const none = this.hidden.size > 0 && this.hidden.size === this.data.names.length;
    if (none) this.near.clear("No class is shown", "Press a class below\nto show its images");
    else this.near.clear();
  }

  // --- which plane

  buildControls() {
    const size = this.data.latent_dim;
    this.find(".controls").hidden = size === 2;
    this.find(".map").classList.toggle("plural", size > 2);
    for (const select of this.selects()) {
      select.replaceChildren(...Array.from({ length: size }, (_, index) => new Option(`z${index + 1}`, index)));
    }
  }

  selects() {
    return [this.find(".across"), this.find(".up")];
  }

  showChoice() {
    const { choice, words, note, latent_dim: size } = this.data;
    this.find(".words").textContent = `${words} ${note}`.trim();
    [this.find(".across").value, this.find(".up").value] = [choice.x, choice.y];
    const pca = choice.kind === "pca";
    this.find(".principal").ariaPressed = String(pca);
    this.find(".controls").classList.toggle("pca", pca);
    const shown = size === 2 || pca ? { x: null, y: null } : { x: choice.x + 1, y: choice.y + 1 };
    this.live.replaceLink("map", { ...shown, plane: pca ? "pca" : null, image: null, z: null });
  }

  askPlane(kind, changed = null) {
    let [x, y] = this.selects().map((select) => Number(select.value));
    const { choice, weights } = this.data;
    if (x === y) [x, y] = changed === "across" ? [x, choice.x] : [choice.y, y]; // the same twice: the two change places
    this.tell("plane", { kind, x, y, weights });
  }
}

function toggled(button) {
  const on = button.ariaPressed !== "true";
  button.ariaPressed = String(on);
  return on;
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

function moveTo(element, [x, y]) {
  element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
}
