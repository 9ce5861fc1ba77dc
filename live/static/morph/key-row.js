// The key images in their order: reordered by dragging (mouse, touch) or with Shift and the arrow keys, replaced, removed.

import { drawStrip } from "../picture.js";

const FAR = 6; // CSS pixels until a press is a drag

/**
 * The cards in the list `element`. `onMove(from, to)`, `onOpen(index)`, `onRemove(index)`; `picture(row)` gives the address
 * of an original, null where the data set is not on this machine. Gives back {show(keys, chosen), draw(index, pixels, shape), focus(index)}.
 */
export function createKeyRow(element, { onMove, onOpen, onRemove, picture }) {
  let cards = [];
  let held = null;

  function card({ source }, index, count, chosen) {
    const made = document.createElement("li");
    made.className = "key";
    made.classList.toggle("chosen", index === chosen);
    const words = captionOf(source);
    made.innerHTML = `<button type="button" class="key-picture"><canvas width="1" height="1"></canvas><img alt="" hidden></button>
      <span class="key-words"></span><button type="button" class="small key-remove">×</button>`;
    const [open, text, remove] = made.children;
    open.ariaLabel = `Image ${index + 1} of ${count}: ${words}`;
    open.title = `${words}. Press to choose another, drag to another place`;
    open.setAttribute("aria-description", "Enter chooses another image, Delete takes it away, Shift with the arrow keys moves it");
    open.onclick = () => !made.dragged && onOpen(index);
    open.onkeydown = (event) => pressed(event, index);
    text.textContent = words;
    remove.ariaLabel = remove.title = `Take image ${index + 1} away`;
    remove.onclick = () => onRemove(index);
    pictured(open.querySelector("img"), text, source);
    grabbed(made, open, index);
    return made;
  }

  // The original where it is on this machine; else the decoded key stays in sight under a caption that says so.
  function pictured(image, text, { fitted, row }) {
    const isOfSet = !fitted && row !== null && row !== undefined;
    const address = fitted ?? (isOfSet ? picture(row) : null);
    const without = () => isOfSet && (text.textContent += "\n(reconstruction)");
    if (!address) return without();
    image.onload = () => (image.hidden = false);
    image.onerror = without;
    image.src = address;
  }

  function pressed(event, index) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      onRemove(index);
    } else if (by && event.shiftKey) {
      event.preventDefault();
      const to = index + by;
      if (to >= 0 && to < cards.length) onMove(index, to);
    } else if (by) {
      event.preventDefault();
      focus((index + by + cards.length) % cards.length);
    }
  }

  function grabbed(made, open, index) {
    open.onpointerdown = (event) => {
      if (event.button !== 0) return;
      made.dragged = false;
      held = { id: event.pointerId, made, index, x: event.clientX, y: event.clientY, to: index, left: made.offsetLeft, top: made.offsetTop };
    };
    open.onpointermove = (event) => {
      if (held?.id !== event.pointerId || held.made !== made) return;
      if (!made.dragged && Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR) return;
      if (!made.dragged) {
        made.dragged = true;
        open.setPointerCapture(event.pointerId);
        made.classList.add("dragged");
      }
      drag(event);
    };
    const drop = (event) => {
      if (held?.id !== event.pointerId) return;
      const { to } = held;
      held = null;
      made.classList.remove("dragged");
      made.style.transform = "";
      if (made.dragged && event.type === "pointerup" && to !== index) onMove(index, to);
      else cards.forEach((each) => (each.style.order = ""));
      setTimeout(() => (made.dragged = false)); // after the click that ends the drag
    };
    open.onpointerup = drop;
    open.onpointercancel = drop;
  }

  // The card follows the pointer; the others make room where it would fall.
  function drag(event) {
    const { made, index } = held;
    const [x, y] = [event.clientX - held.x + held.left, event.clientY - held.y + held.top];
    const centres = slots();
    const near = centres.map(([left, top]) => Math.hypot(left - x, top - y));
    held.to = near.indexOf(Math.min(...near));
    const order = cards.map((_, other) => other).filter((other) => other !== index);
    order.splice(held.to, 0, index);
    order.forEach((other, place) => (cards[other].style.order = place));
    made.style.transform = `translate(${x - made.offsetLeft}px, ${y - made.offsetTop}px)`;
  }

  // Where cards stand, left and top, whatever their order.
  function slots() {
    return cards.map((each) => [each.offsetLeft, each.offsetTop]).sort(([left, top], [otherLeft, otherTop]) => (Math.abs(top - otherTop) > 8 ? top - otherTop : left - otherLeft));
  }

  function focus(index) {
    cards[index]?.querySelector(".key-picture").focus();
  }

  return {
    focus,
    show(keys, chosen = null) {
      held = null;
      cards = keys.map((key, index) => card(key, index, keys.length, chosen));
      element.replaceChildren(...cards);
    },
    draw(index, pixels, shape) {
      const canvas = cards[index]?.querySelector("canvas");
      if (canvas) drawStrip(canvas, pixels, shape, 1);
    },
  };
}

/** What a key is, such as "image 4, label 7". */
export function captionOf({ words = "" }) {
  return words.replace(/^the encoding of /, "") || "a latent";
}
