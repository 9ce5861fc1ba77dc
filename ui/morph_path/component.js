// The way from one image to another: one scrubber moves along it and the picture follows through the live socket; a
// strip under it shows frames at equal distances. Only the choice of images and of the kind of path runs the page's script.

const MODULES = [
  "latent-socket", "picture", "frame-meter", "connection", "track", "arrays", "page-link", "image-number", "component-life",
];
const LANE = "morph";
const STRIP_LANE = "morph-strip";
const FRAME_PIXELS = 92; // about how wide one frame of the strip is
const FEWEST = 6;
const MOST = 12;
const PLAY_MS = 2600; // from one end to the other

export default async function (component) {
  const address = (name) => new URL(`${component.data.live}static/${name}.js`, window.location.href);
  const loaded = await Promise.all(MODULES.map((name) => import(address(name))));
  const live = Object.assign({}, ...loaded);
  return live.keepAlive(component, (first) => new Morph(first.parentElement, live));
}

class Morph {
  constructor(root, live) {
    this.live = live;
    this.find = (selector) => root.querySelector(selector);
    this.socket = live.latentSocket();
    this.picture = live.createPicture(this.find(".picture canvas"));
    this.meter = live.createFrameMeter(this.find(".meter"));
    this.hidePill = live.showConnection(this.find(".picture"), this.socket);
    this.track = live.createTrack(this.find(".track"), {
      onMove: (share, event) => this.moved(share, event),
      onRelease: () => this.commit(),
      grain: 0.001,
      describe: (share) => `${Math.round(100 * share)} % of the way`,
    });
    this.track.configure({ low: 0, high: 1 });
    this.ends = { a: this.buildEnd("a"), b: this.buildEnd("b") };
    this.find(".swap").onclick = () => this.ask({ a: this.data.b.row, b: this.data.a.row });
    this.find(".play").onclick = () => this.play(!this.playing);
    this.find(".smoothing").onclick = () => this.smooth(this.find(".smoothing").ariaPressed !== "true");
    for (const button of this.kindButtons()) button.onclick = () => this.ask({ path: button.dataset.kind });
    this.find(".strip").onpointerdown = (event) => this.stripPressed(event);
    this.sizes = new ResizeObserver(() => this.askStrip());
    this.sizes.observe(this.find(".bench"));
  }

  update({ data, setStateValue }) {
    const before = this.data;
    this.data = data;
    this.tell = setStateValue;
    if (before?.path.id === data.path.id) return;
    if (!before) this.track.set(data.place);
    this.newPath();
  }

  remove() {
    this.play(false);
    this.sizes.disconnect();
    this.track.remove();
    this.socket.forget(LANE);
    this.socket.forget(STRIP_LANE);
    this.meter.stop();
    this.hidePill();
  }

  kindButtons() {
    return [...this.find(".kinds").children];
  }

  // --- the path

  newPath() {
    const { data } = this;
    const [, height, width] = data.shape;
    const section = this.find(".morph");
    section.style.setProperty("--aspect", `${width} / ${height}`);
    section.style.setProperty("--ratio", width / height);
    this.path = this.live.float32Of(data.path.latents);
    this.lengths = lengthsAlong(this.path, data.latent_dim);
    for (const button of this.kindButtons()) button.ariaPressed = String(button.dataset.kind === data.path.kind);
    this.note(this.said);
    this.said = "";
    this.showEnd("a");
    this.showEnd("b");
    this.show(null);
    this.strip = null;
    this.askStrip();
    this.live.replaceLink("morph", { a: data.a.row, b: data.b.row, path: data.path.kind });
  }

  /** The latent at a share 0..1 of the path: between two of its many points, straight. */
  latentAt(share) {
    const { latent_dim: size } = this.data;
    const place = share * (this.lengths.length - 1);
    const first = Math.min(Math.floor(place), this.lengths.length - 2);
    const rest = place - first;
    return Float32Array.from({ length: size }, (_, index) => {
      const from = this.path[first * size + index];
      const to = this.path[(first + 1) * size + index];
      return rest === 1 ? to : from + rest * (to - from);
    });
  }

  distanceAt(share) {
    const place = share * (this.lengths.length - 1);
    const first = Math.min(Math.floor(place), this.lengths.length - 2);
    return this.lengths[first] + (place - first) * (this.lengths[first + 1] - this.lengths[first]);
  }

  moved(share, event) {
    this.play(false);
    this.meter.sent(event.timeStamp);
    this.show(event.timeStamp);
  }

  show(stamp) {
    const { model, weights } = this.data;
    const share = this.track.value;
    const request = { model, weights, lane: LANE, latents: this.latentAt(share), tag: stamp };
    this.socket.decode(request, (reply) => this.draw(reply), (error) => this.say(error.message));
    const whole = this.lengths.at(-1);
    this.find(".place").textContent = `${this.distanceAt(share).toFixed(2)} of ${whole.toFixed(2)} latent units`;
  }

  draw({ pixels, shape, tag }) {
    const changed = this.picture.draw(pixels, shape);
    if (tag !== null) this.meter.drawn(tag, changed);
    else if (this.playing && changed) this.meter.played();
    if (!this.find(".veil").hidden) this.find(".veil").hidden = true;
    if (!this.find(".problem").hidden) this.say("");
  }

  say(problem) {
    this.find(".problem").textContent = problem;
    this.find(".problem").hidden = !problem;
  }

  note(said) {
    this.find(".note").textContent = [said, this.data.note].filter(Boolean).join(" ");
  }

  commit() {
    const share = Number(this.track.value.toFixed(3));
    this.live.replaceLink("morph", { t: share });
    this.tell("place", share);
  }

  play(on) {
    cancelAnimationFrame(this.beat);
    this.playing = on;
    this.find(".play").ariaPressed = String(on);
    this.find(".play").textContent = on ? "Pause" : "Play";
    if (!on) return;
    const begun = performance.now() - this.track.value * PLAY_MS;
    const step = (now) => {
      const turns = Math.max(0, now - begun) / PLAY_MS;
      this.track.set(1 - Math.abs((turns % 2) - 1));
      this.show(null);
      this.beat = requestAnimationFrame(step);
    };
    this.beat = requestAnimationFrame(step);
  }

  smooth(on) {
    this.find(".smoothing").ariaPressed = String(on);
    this.find(".morph").classList.toggle("smooth", on);
    this.picture.setSmooth(on);
  }

  // --- the strip

  askStrip() {
    if (!this.data) return;
    const wide = this.find(".bench").clientWidth;
    const frames = Math.min(Math.max(Math.round(wide / FRAME_PIXELS), FEWEST), MOST);
    const wanted = `${this.data.path.id}/${frames}`;
    if (this.strip === wanted) return;
    this.strip = wanted;
    this.frames = frames;
    const { model, weights, shape } = this.data;
    const section = this.find(".morph");
    section.style.setProperty("--frames", frames);
    section.style.setProperty("--strip-aspect", (frames * shape[2]) / shape[1]);
    const latents = Array.from({ length: frames }, (_, index) => [...this.latentAt(index / (frames - 1))]).flat();
    const request = { model, weights, lane: STRIP_LANE, latents, count: frames };
    const draw = ({ pixels, shape: size, count }) => this.live.drawStrip(this.find(".strip"), pixels, size, count);
    this.socket.decode(request, draw, (error) => this.say(error.message));
  }

  stripPressed(event) {
    const box = this.find(".strip").getBoundingClientRect();
    const frame = Math.min(Math.floor(((event.clientX - box.left) / box.width) * this.frames), this.frames - 1);
    this.play(false);
    this.track.set(frame / (this.frames - 1));
    this.show(null);
    this.commit();
  }

  // --- the two images

  ask(changes) {
    const { a, b, path, weights } = this.data;
    this.tell("ends", { a: a.row, b: b.row, path: path.kind, weights, ...changes });
  }

  askRow(end, row) {
    const { images } = this.data;
    this.ask({ [end]: ((row % images) + images) % images });
  }

  typed(end, field) {
    const { row, said } = this.live.imageNumber(field.value, this.data.images);
    const now = this.data[end].row;
    field.value = row ?? now;
    this.said = said;
    if (row !== null && row !== now) this.askRow(end, row);
    else this.note(said);
  }

  buildEnd(end) {
    const place = this.find(`[data-end="${end}"]`);
    place.innerHTML = `
      <div class="frame"><img alt=""></div><p class="what"></p>
      <div class="row">
        <button type="button" class="round previous" aria-label="Previous image for ${end.toUpperCase()}">‹</button>
        <input class="field figure" type="number" min="0" step="1" inputmode="numeric" aria-label="Number of image ${end.toUpperCase()} in the test split">
        <button type="button" class="round next" aria-label="Next image for ${end.toUpperCase()}">›</button>
      </div>
      <button type="button" class="shuffle">Random image</button>`;
    const find = (selector) => place.querySelector(selector);
    find(".previous").onclick = () => this.askRow(end, this.data[end].row - 1);
    find(".next").onclick = () => this.askRow(end, this.data[end].row + 1);
    find(".shuffle").onclick = () => this.askRow(end, Math.floor(Math.random() * this.data.images));
    find("input").onchange = () => this.typed(end, find("input"));
    return find;
  }

  showEnd(end) {
    const find = this.ends[end];
    const { live, model, weights } = this.data;
    const { row, label, original } = this.data[end];
    const words = `${end.toUpperCase()}: image ${row}${label === null ? "" : `, ${label}`}${original ? "" : " (reconstruction)"}`;
    find("input").value = row;
    find("input").max = this.data.images - 1;
    find(".what").textContent = words;
    find("img").alt = words;
    find("img").src = new URL(`${live}picture/${model}/${weights}/${row}.png?kind=auto`, window.location.href).href;
  }
}

// How far along the path each of its points lies, in latent units.
function lengthsAlong(path, size) {
  const lengths = [0];
  for (let start = size; start < path.length; start += size) {
    let square = 0;
    for (let index = start; index < start + size; index += 1) square += (path[index] - path[index - size]) ** 2;
    lengths.push(lengths.at(-1) + Math.sqrt(square));
  }
  return lengths;
}
