// The sliders page: wires the panels to what is edited. A drag asks the live socket for each position and never runs the
// page's script; letting go writes the link, keeps a step to undo, and commits the latent to the page.

const MODULES = [
  "latent-socket", "picture", "live-picture", "frame-meter", "connection", "page-link", "image-number", "component-life", "sliders/latent-edit",
  "sliders/latent-controls", "sliders/dimension-names", "browser-store", "sliders/gauge", "chooser/chooser", "last-places", "sliders/shelf", "sliders/wipe", "sliders/export-menu",
];
const LANE = "sliders";
const PAGE = "sliders";
const TELL_AFTER_MS = 250; // the page's script runs when the filmstrips are there, not beside them

export default async function (component) {
  const live = await import(new URL(`${component.data.live}linked.js?modules=${MODULES}`, window.location.href));
  return live.keepAlive(component, (first) => new Sliders(first, live));
}

class Sliders {
  constructor(first, live) {
    const root = first.parentElement;
    this.live = live;
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".sliders");
    this.socket = live.latentSocket();
    this.picture = live.createLivePicture(this.find("canvas"), this.socket);
    this.meter = live.createFrameMeter(this.find(".meter"));
    this.hidePill = live.showConnection(this.find(".picture"), this.socket);
    this.edit = live.createLatentEdit();
    this.edit.on("move", (how) => this.moved(how)); // first of all listeners: the picture's request goes out before anything else
    this.edit.on("settle", (how) => this.settled(how));
    this.edit.on("locks", () => this.writeLink());
    this.controls = live.createLatentControls(this.find(".controls"), this.edit, {
      socket: this.socket,
      say: (sentence) => this.say(sentence),
      onNames: () => this.writeLink(),
    });
    this.rows = this.controls.rows;
    this.gauge = live.createGauge(this.find(".gauge"), this.edit, {
      judge: (options, ...callbacks) => this.socket.judge(this.asking(`${LANE}-gauge`, { latents: this.edit.latent, ...options }), ...callbacks),
      picture: (row) => this.pictureAddress(row, "auto"),
      open: (row) => this.start.openRow(row),
    });
    this.start = live.createChooser(this.find(".source"), {
      title: "Start from",
      fit: (options, ...callbacks) => this.socket.fit(this.asking(`${LANE}-fit`, options), ...callbacks),
      picture: (row, kind) => this.pictureAddress(row, kind),
      label: () => this.edit.label,
      present: () => this.edit.source,
      onChoose: ({ latent, label, source }) => this.edit.startFrom({ latent, label, source }, null),
      onFollow: (latent, stamp) => this.edit.follow(latent, stamp, "drawing"),
      page: PAGE,
      offers: this.find(".from-pages"),
      decode: (places, draw) => this.decodePlaces(places, draw),
    });
    this.save = live.createExportMenu(this.find(".save"), { live: first.data.live, state: () => this.present });
    this.wipe = live.createWipe(this.find(".picture"), live.drawStrip);
    this.shelf = live.createShelf(this.find(".shelf"), this.edit, {
      decode: (places, draw) => this.decodePlaces(places, draw),
      compare: (place) => this.decodePlaces([place], (_, pixels, shape) => this.wipe.toggle(pixels, shape, place)),
    });
    this.bindButtons();
  }

  bindButtons() {
    const { edit } = this;
    this.find(".reset").onclick = (event) => edit.jump(edit.home, event.timeStamp);
    this.find(".random").onclick = (event) => this.random(event);
    this.find(".around").onclick = (event) => this.sampleAround(event);
    this.find(".share").onclick = () => this.live.copyLink(this.find(".share"));
    this.find(".keep").onclick = () => this.shelf.keep();
    this.find(".undo").onclick = (event) => edit.undo(event.timeStamp);
    this.find(".redo").onclick = (event) => edit.redo(event.timeStamp);
    this.find(".smoothing").onclick = () => this.smooth(this.find(".smoothing").ariaPressed !== "true");
    this.leaving = new AbortController();
    document.addEventListener("keydown", (event) => this.pressed(event), { signal: this.leaving.signal });
  }

  update({ data, setStateValue }) {
    const before = this.data;
    this.data = data;
    this.tell = setStateValue;
    if (before?.weights !== data.weights || before?.model !== data.model) this.build();
    if (before?.start.id !== data.start.id) this.begin();
  }

  remove() {
    this.leaving.abort();
    clearTimeout(this.telling);
    [this.controls, this.gauge, this.start, this.wipe, this.save, this.picture].forEach((panel) => panel.remove());
    [LANE, `${LANE}-gauge`, `${LANE}-fit`].forEach((lane) => this.socket.forget(lane));
    this.meter.stop();
    this.hidePill();
  }

  build() {
    const [, height, width] = this.data.shape;
    this.socket.forget(LANE);
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    this.controls.build(this.data);
    this.gauge.clear(this.data);
    this.wipe.hide();
    this.kept = this.live.browserStore(`${this.data.weights}/steps`, window.sessionStorage);
  }

  begin() {
    const { start } = this.data;
    const home = Float32Array.from(start.code ?? start.latent);
    const source = { kind: start.row === null ? "start" : "row", row: start.row, words: start.words };
    const place = { latent: Float32Array.from(start.latent), label: start.label, home, source };
    this.start.open(this.data);
    this.edit.begin(place, { lockedDimensions: start.locked });
    this.edit.recall(this.kept.read());
    this.shelf.open(this.live.browserStore(`${this.data.weights}/shelf`));
  }

  // --- the latent and its picture

  moved({ stamp }) {
    if (stamp !== null) this.meter.sent(stamp);
    this.decode(stamp);
    this.showReset();
  }

  settled({ by }) {
    this.find(".undo").disabled = !this.edit.canUndo;
    this.find(".redo").disabled = !this.edit.canRedo;
    this.showSource();
    this.start.show();
    this.writeLink();
    if (by === "begin" || by === "recall") return;
    this.kept.write(this.edit.record());
    const { latent, source, label } = this.edit;
    const { start, weights } = this.data;
    this.live.leavePlace(PAGE, weights, { row: this.edit.atHome ? (source.row ?? null) : null, latent, label });
    const told = { values: Array.from(latent), row: source.row ?? null, label, start: start.id };
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell("latent", told), TELL_AFTER_MS);
  }

  pressed(event) {
    const typing = event.composedPath()[0].matches?.("input:not([type=checkbox]), textarea, [contenteditable]");
    if (typing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const back = key === "z" && !event.shiftKey;
    if (!back && key !== "y" && !(key === "z" && event.shiftKey)) return;
    event.preventDefault();
    if (back) this.edit.undo(event.timeStamp);
    else this.edit.redo(event.timeStamp);
  }

  writeLink() {
    const { edit, data } = this;
    if (!data) return;
    const { row = null } = edit.source;
    const whole = row !== null && edit.atHome;
    this.live.replaceLink(PAGE, {
      image: row === null ? null : String(row),
      z: whole ? null : this.live.exactLatentText(edit.latent),
      label: edit.label === null ? null : String(edit.label),
      lock: edit.locked.size ? [...edit.locked].sort((a, b) => a - b).join(",") : null,
      weights: data.weights,
      ...this.live.linkOfNames(this.rows.names, window.location.search),
    });
  }

  showReset() {
    const { atHome, source } = this.edit;
    const button = this.find(".reset");
    if (button.disabled === atHome && button.dataset.home === source.words) return;
    const home = source.words || "where this page started";
    Object.assign(button, { disabled: atHome, title: atHome ? `Nothing to reset: this is ${home}` : `Back to ${home}` });
    button.dataset.home = source.words;
  }

  decode(stamp) {
    const request = this.asking(LANE, { latents: this.edit.latent, tag: stamp, screen: this.picture });
    this.socket.decode(request, (reply) => this.draw(reply), (error) => this.say(error.message));
  }

  draw(reply) {
    const shown = this.picture.shown(reply);
    if (reply.tag !== null) this.meter.drawn(reply.tag, shown);
    if (!this.find(".veil").hidden) this.find(".veil").hidden = true;
    if (!this.find(".hand > .problem").hidden) this.say("");
  }

  say(problem) {
    this.find(".hand > .problem").textContent = problem;
    this.find(".hand > .problem").hidden = !problem;
  }

  smooth(on) {
    this.find(".smoothing").ariaPressed = String(on);
    this.section.classList.toggle("smooth", on);
    this.picture.setSmooth(on);
  }

  // --- beside the picture

  /** What is on the screen, for the files to take away. */
  get present() {
    const { model, weights, ranges } = this.data;
    const { latent, label } = this.edit;
    const names = Object.fromEntries(this.rows.names);
    const smooth = this.find(".smoothing").ariaPressed === "true";
    return { model, weights, latent, label, dimension: this.rows.touched, ranges, names, smooth };
  }

  showSource() {
    this.find(".around").disabled = !this.spread;
  }

  /** How unsure the encoder is about this start, per dimension; of a start without a posterior, as it mostly is. */
  get spread() {
    return this.edit.source.std ?? this.data.spread;
  }

  sampleAround(event) {
    const noise = normalDraws(this.edit.latent.length);
    const { home } = this.edit;
    this.edit.jump(Float32Array.from(home, (mean, index) => mean + this.spread[index] * noise[index]), event.timeStamp);
  }

  random(event) {
    if (this.data.prior === "normal") this.edit.jump(normalDraws(this.edit.latent.length), event.timeStamp);
    else this.start.drawPrior();
  }

  pictureAddress(row, kind) {
    const { live, model, weights } = this.data;
    return new URL(`${live}picture/${model}/${weights}/${row}.png?kind=${kind}`, window.location.href).href;
  }

  /** The live socket's request about the present model, with the class where there are classes. */
  asking(lane, more, label = this.edit.label) {
    const { model, weights } = this.data;
    return { model, weights, lane, ...(label === null ? {} : { label }), ...more };
  }

  decodePlaces(places, draw) {
    const labels = new Set(places.map(({ label }) => label));
    for (const label of labels) {
      const chosen = [...places.keys()].filter((index) => places[index].label === label);
      const latents = chosen.flatMap((index) => [...places[index].latent]);
      const request = this.asking(`shelf-${label}`, { latents, count: chosen.length }, label);
      this.socket.decode(request, ({ pixels, shape }) => {
        const size = shape[0] * shape[1] * shape[2];
        chosen.forEach((index, at) => draw(index, pixels.subarray(at * size, (at + 1) * size), shape));
      }, ({ message }) => this.say(message));
    }
  }
}

// Standard normal numbers (Box and Muller 1958).
function normalDraws(count) {
  const uniform = crypto.getRandomValues(new Uint32Array(2 * count));
  return Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log((uniform[2 * index] + 1) / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * uniform[2 * index + 1]) / 2 ** 32);
  });
}
