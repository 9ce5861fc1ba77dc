// The models as cards. Each shows images that its model decodes, asked for over the live socket. The card under the
// pointer and the one with the focus move gently from image to image; a visitor who asked for less motion gets still
// pictures.

const MODULES = ["latent-socket", "picture", "arrays", "connection", "component-life"];
const COLUMNS = 5;
const GAP_SHARE = 1 / 14; // of a tile's width, at least one pixel
const FRAME_MS = 50; // 20 pictures a second are enough for a slow change, and leave the server to the hands
const SEGMENT_MS = 3200; // from one image to the next
const HASTE = 5; // how much faster it goes to its rest once nobody looks
const REST = 0.2; // share of a segment for which an image stands still, half of it at each end

export default async function (component) {
  const live = await import(new URL(`${component.data.live}linked.js?modules=${MODULES}`, window.location.href));
  return live.keepAlive(component, (first) => new Gallery(first.parentElement, live));
}

class Gallery {
  constructor(root, live) {
    this.live = live;
    this.place = root.querySelector(".cards");
    this.template = root.querySelector("template");
    this.hidePill = live.showConnection(root.querySelector(".gallery"));
    this.cards = new Map();
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.lanes = 0;
    this.observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.seen(entry)), {
      rootMargin: "100px",
    });
    this.wake = () => this.cards.forEach((card) => card.move());
    this.still.addEventListener("change", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    const names = new Set(data.cards.map(({ name, weights }) => `${name} ${weights}`));
    for (const [key, card] of this.cards) if (!names.has(key)) this.drop(key, card);
    const elements = data.cards.map((facts) => this.card(facts, data).element);
    if (elements.some((element, index) => this.place.children[index] !== element)) this.place.replaceChildren(...elements);
    this.choose(data.chosen);
  }

  card(facts, data) {
    const key = `${facts.name} ${facts.weights}`;
    if (!this.cards.has(key)) {
      const element = this.template.content.firstElementChild.cloneNode(true);
      const card = new Card(element, facts, data.tiles, this, `card ${(this.lanes += 1)}`);
      element.onclick = () => this.clicked(facts.name, element.ariaPressed === "true");
      this.cards.set(key, card);
      this.observer.observe(element);
    }
    const card = this.cards.get(key);
    card.describe(facts);
    return card;
  }

  /** The first click chooses a card, a click on the chosen one opens it. */
  clicked(name, chosen) {
    this.choose(name);
    this.tell(chosen ? "opened" : "chosen", name);
  }

  choose(name) {
    for (const card of this.cards.values()) {
      card.element.ariaPressed = String(card.name === name);
      card.move();
    }
  }

  seen({ target, isIntersecting }) {
    for (const card of this.cards.values()) if (card.element === target) card.show(isIntersecting);
  }

  drop(key, card) {
    this.observer.unobserve(card.element);
    card.remove();
    this.cards.delete(key);
  }

  remove() {
    this.observer.disconnect();
    this.still.removeEventListener("change", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    for (const [key, card] of this.cards) this.drop(key, card);
    this.hidePill();
  }
}

class Card {
  constructor(element, facts, tiles, gallery, lane) {
    Object.assign(this, { element, gallery, lane, tiles, name: facts.name, weights: facts.weights });
    this.socket = gallery.live.latentSocket();
    this.canvas = element.querySelector("canvas");
    this.anchors = gallery.live.float32Of(facts.latents);
    this.size = this.anchors.length / tiles;
    this.latents = new Float32Array(this.anchors.length);
    this.visible = false;
    this.drawn = false;
    this.moving = false;
    this.waiting = false;
    this.elapsed = 0;
    this.picture = gallery.live.createPicture(this.canvas);
    this.canvas.ariaLabel = `Images decoded by the model ${facts.name}`;
    for (const event of ["pointerenter", "pointerleave", "focus", "blur"]) {
      element.addEventListener(event, () => this.move());
    }
  }

  describe({ name, lines, scores }) {
    this.element.querySelector(".name").textContent = name;
    this.element.querySelector(".lines").replaceChildren(...lines.map((line) => span("", line)));
    const rows = scores.map(([what, figure, unit]) => {
      const row = span("score", "");
      row.append(span("quiet", what), span("value", figure), span("quiet unit", unit));
      if (unit.includes("nats")) row.lastChild.title = "The unit of information in natural logarithms: 1 nat is 1.44 bits";
      return row;
    });
    this.element.querySelector(".scores").replaceChildren(...rows);
  }

  show(visible) {
    this.visible = visible;
    if (visible && !this.drawn) this.ask();
    this.move();
  }

  get wanted() {
    const { element } = this;
    return element.matches(":hover") || element.matches(":focus-visible");
  }

  get allowed() {
    return this.visible && this.drawn && !document.hidden && !this.gallery.still.matches;
  }

  move() {
    if (this.moving || !this.allowed || !this.wanted) return;
    this.moving = true;
    this.last = performance.now();
    requestAnimationFrame((now) => this.step(now));
  }

  // Once nobody looks any more, the pictures go on to the next image and rest there.
  step(now) {
    const resting = this.elapsed % SEGMENT_MS < (REST / 2) * SEGMENT_MS;
    if (!this.allowed || (!this.wanted && resting)) {
      this.moving = false;
      return;
    }
    if (!this.waiting && now - this.last >= FRAME_MS) {
      this.elapsed += Math.min(now - this.last, 2 * FRAME_MS) * (this.wanted ? 1 : HASTE);
      this.last = now;
      this.ask();
    }
    requestAnimationFrame((next) => this.step(next));
  }

  ask() {
    this.waiting = true;
    this.socket.decode(
      { model: this.name, weights: this.weights, lane: this.lane, latents: this.place(), count: this.tiles },
      (reply) => this.draw(reply),
      (problem) => this.fail(problem),
    );
  }

  // Each tile is on its way from its image to the next one's: straight in the latent space, slow at both ends.
  place() {
    const { anchors, latents, size, tiles } = this;
    const segment = Math.floor(this.elapsed / SEGMENT_MS);
    const share = (this.elapsed / SEGMENT_MS - segment - REST / 2) / (1 - REST);
    const way = smooth(Math.min(1, Math.max(0, share)));
    for (let tile = 0; tile < tiles; tile += 1) {
      const from = ((tile + segment) % tiles) * size;
      const to = ((tile + segment + 1) % tiles) * size;
      for (let index = 0; index < size; index += 1) {
        latents[tile * size + index] = anchors[from + index] * (1 - way) + anchors[to + index] * way;
      }
    }
    return latents;
  }

  draw({ pixels, shape, count }) {
    this.waiting = false;
    const [height, width] = sheetSize(shape, count);
    this.picture.draw(sheet(pixels, shape, count), [height, width, shape[2]]);
    this.element.querySelector(".veil").hidden = true;
    if (this.drawn) return;
    this.drawn = true;
    this.element.dataset.drawn = "";
    this.move();
  }

  fail({ message }) {
    this.waiting = false;
    if (this.drawn) return;
    const veil = this.element.querySelector(".veil");
    veil.hidden = false;
    veil.textContent = message;
  }

  remove() {
    this.visible = false;
    this.socket.forget(this.lane);
  }
}

const gapOf = (width) => Math.max(1, Math.round(width * GAP_SHARE));

function sheetSize([height, width], count) {
  const gap = gapOf(width);
  return [Math.ceil(count / COLUMNS) * (height + gap) - gap, COLUMNS * (width + gap) - gap];
}

// All tiles (count, H, W, C) as the pixels of one picture, black between them.
function sheet(pixels, [height, width, channels], count) {
  const gap = gapOf(width);
  const [rows, columns] = sheetSize([height, width], count);
  const whole = new Uint8Array(rows * columns * channels);
  for (let tile = 0; tile < count; tile += 1) {
    const top = Math.floor(tile / COLUMNS) * (height + gap);
    const left = (tile % COLUMNS) * (width + gap);
    for (let row = 0; row < height; row += 1) {
      const line = (tile * height + row) * width * channels;
      whole.set(pixels.subarray(line, line + width * channels), ((top + row) * columns + left) * channels);
    }
  }
  return whole;
}

function smooth(share) {
  return share * share * (3 - 2 * share);
}

function span(kind, text) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = text;
  return element;
}
