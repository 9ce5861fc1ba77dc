// The sliders page: wires the panels to what is edited. A drag asks the live socket for each position and never runs the
// page's script; letting go writes the link, keeps a step to undo, and commits the latent to the page.

const MODULES = [
  "latent-socket", "picture", "frame-meter", "connection", "page-link", "image-number", "component-life", "latent-edit",
  "latent-controls", "dimension-names", "browser-store",
];
const LANE = "sliders";
const PAGE = "sliders";

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
    this.bindButtons();
  }

  bindButtons() {
    const { edit } = this;
    this.find(".reset").onclick = (event) => edit.jump(edit.home, event.timeStamp);
    this.find(".random").onclick = (event) => edit.jump(priorDraw(edit.latent.length), event.timeStamp);
    this.find(".undo").onclick = (event) => edit.undo(event.timeStamp);
    this.find(".redo").onclick = (event) => edit.redo(event.timeStamp);
    this.find(".smoothing").onclick = () => this.smooth(this.find(".smoothing").ariaPressed !== "true");
    this.find(".previous").onclick = () => this.ask(this.row - 1);
    this.find(".next").onclick = () => this.ask(this.row + 1);
    this.find(".shuffle").onclick = () => this.ask(Math.floor(Math.random() * this.data.images));
    this.find(".number").onchange = () => this.typed();
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
    this.controls.remove();
    this.socket.forget(LANE);
    this.meter.stop();
    this.hidePill();
  }

  build() {
    const [, height, width] = this.data.shape;
    this.socket.forget(LANE);
    this.section.style.setProperty("--aspect", `${width} / ${height}`);
    this.section.style.setProperty("--ratio", width / height);
    this.controls.build(this.data);
    this.kept = this.live.browserStore(`${this.data.weights}/steps`, window.sessionStorage);
  }

  begin() {
    const { start } = this.data;
    const home = Float32Array.from(start.code ?? start.latent);
    const source = { kind: start.row === null ? "start" : "row", row: start.row, words: start.words };
    const place = { latent: Float32Array.from(start.latent), label: start.label, home, source };
    this.edit.begin(place, { lockedDimensions: start.locked });
    this.edit.recall(this.kept.read());
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
    this.writeLink();
    if (by === "begin" || by === "recall") return;
    this.kept.write(this.edit.record());
    const { latent, source, label } = this.edit;
    const { start } = this.data;
    this.tell("latent", { values: Array.from(latent), row: source.row ?? null, label, start: start.id });
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
    const { model, weights } = this.data;
    const { latent, label } = this.edit;
    const request = { model, weights, lane: LANE, latents: latent, tag: stamp };
    if (label !== null) request.label = label;
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

  get row() {
    return this.edit.source.row ?? 0;
  }

  typed() {
    const field = this.find(".number");
    const { row, said } = this.live.imageNumber(field.value, this.data.images);
    field.value = row ?? this.edit.source.row ?? "";
    if (row !== null && row !== this.edit.source.row) return this.ask(row, said);
    this.said = said;
    this.showSource();
  }

  async ask(row, said = "") {
    const { images } = this.data;
    this.said = said;
    const wanted = ((row % images) + images) % images;
    this.find(".number").value = wanted;
    this.startFrom({ from: "row", row: wanted });
  }

  /** Start from what the server makes of `query` (docs/live-protocol.md, /live/latent); the newest question wins. */
  async startFrom(query) {
    const { live, model, weights } = this.data;
    const asked = (this.asked = {});
    try {
      const answer = await this.live.getJson(`${live}latent/${model}/${weights}`, query);
      if (this.asked !== asked) return;
      const { latent, label = null, words } = answer;
      const source = { kind: query.from, row: query.from === "row" ? Number(query.row) : null, words };
      this.edit.startFrom({ latent, label: this.edit.label === null ? null : label ?? this.edit.label, source }, null);
      this.say("");
    } catch (error) {
      if (this.asked === asked) this.say(error.message);
    }
  }

  showSource() {
    const { images, originals, note } = this.data;
    const { said = "" } = this;
    const { row = null, words } = this.edit.source;
    this.find(".source").hidden = !images;
    if (!images) return;
    const chosen = row !== null;
    const which = chosen ? `${words} (of ${images.toLocaleString("en")})` : `No image yet, of ${images.toLocaleString("en")}`;
    this.find(".number").value = row ?? "";
    this.find(".number").max = images - 1;
    this.find(".facts").textContent = [`${which}.`, said, note].filter(Boolean).join(" ");
    this.find(".original").hidden = !chosen || !originals;
    this.find(".reconstruction").hidden = !chosen;
    if (!chosen) return;
    for (const kind of ["original", "reconstruction"]) {
      if (kind === "original" && !originals) continue;
      const picture = this.find(`.${kind} img`);
      picture.src = this.pictureAddress(row, kind);
      picture.alt = `${words}: ${kind}`;
    }
  }

  pictureAddress(row, kind) {
    const { live, model, weights } = this.data;
    return new URL(`${live}picture/${model}/${weights}/${row}.png?kind=${kind}`, window.location.href).href;
  }
}

// Standard normal numbers (Box and Muller 1958): a draw from the prior.
function priorDraw(count) {
  const uniform = crypto.getRandomValues(new Uint32Array(2 * count));
  return Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log((uniform[2 * index] + 1) / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * uniform[2 * index + 1]) / 2 ** 32);
  });
}
