// What mouse, touch and keys do to a map view.

import { onGestures } from "./gestures.js";
import { KeyedSelection, modeOf, selectingStroke } from "./select.js";

const KEY_STEP = 0.02; // of the view's width
const SAME_PLACE = 1.5; // pixels; a press is told in whole pixels, a move in parts of one
const TOOLS = { b: "box", l: "lasso", v: "pan" };

/** Listens on the view's field until the signal; gives back {show(place), cancel()}: the outline that keys are drawing. */
export function listenToHand(view, signal) {
  const outline = {
    draw: (polygon, mode) => view.marks.draw(polygon, mode),
    done: (polygon, mode, kind = view.tool) => selected(view, kind, polygon, mode),
  };
  const keyed = new KeyedSelection({ toScreen: (place) => view.toScreen(place), ...outline });
  let stroke = null;
  const hand = {
    look: (at, stamp) => view.lookAt(view.toPlace(at), stamp),
    click: (at) => press(view, at, "click"),
    tap: (at) => press(view, at, "tap"),
    pan: (right, down) => view.panBy(right, down),
    zoom: (at, factor) => view.zoomAt(at, factor),
    hold(at, event) {
      keyed.cancel();
      stroke = strokeFrom(view, at, event, outline);
      return stroke;
    },
  };
  onGestures(view.field, hand, signal);
  view.field.addEventListener("keydown", (event) => typed(view, event, keyed, () => stroke?.drop?.()), { signal });
  return { show: (place) => keyed.show(view.tool, place, "replace"), cancel: () => keyed.cancel() };
}

/** What a drag from here does in place of moving the view: a selection, or a turn in space; null: nothing. */
function strokeFrom(view, at, event, outline) {
  const quick = event.shiftKey && event.pointerType === "mouse" && !view.inSpace;
  const kind = view.tool === "pan" ? (quick ? "box" : null) : view.tool;
  if (kind) {
    const done = (polygon, mode) => outline.done(polygon, mode, kind);
    return droppable(followed(view, selectingStroke(kind, at, modeOf(event), { draw: outline.draw, done })));
  }
  return view.inSpace && !event.shiftKey ? turningStroke(view, at) : null;
}

/** The cross goes with the hand that draws an outline, and stays where it ends. */
function followed(view, stroke) {
  const look = (at, event) => view.lookAt(view.toPlace(at), event.timeStamp);
  return {
    move(at, event) {
      stroke.move(at);
      look(at, event);
    },
    end(at, event) {
      stroke.end(at);
      look(at, event);
    },
    cancel: () => stroke.cancel(),
  };
}

/** A stroke that Escape ends: nothing comes of it any more. */
function droppable(stroke) {
  let dropped = false;
  return {
    move: (at, event) => dropped || stroke.move(at, event),
    end: (at, event) => dropped || stroke.end(at, event),
    cancel: () => stroke.cancel(),
    drop() {
      dropped = true;
      stroke.cancel();
    },
  };
}

function turningStroke(view, from) {
  let last = from;
  return {
    move(at) {
      view.turnBy(at[0] - last[0], at[1] - last[1]);
      last = at;
    },
    end() {},
    cancel() {},
  };
}

function selected(view, kind, polygon, mode) {
  const places = polygon.map((screen) => view.toPlace(screen));
  view.onSelect({ kind, polygon: places, mode, rows: view.rowsIn(places) });
}

/** What the pointer was seen to be over is what a press means; a press elsewhere, a finger's say, looks first. */
function press(view, at, how) {
  if (!nearTo(view, at)) view.lookAt(view.toPlace(at));
  view.onClick({ row: view.row, place: view.inSpace ? null : view.place, event: null, how });
}

function nearTo(view, [right, down]) {
  if (!view.place) return false;
  const [x, y] = view.toScreen(view.place);
  return Math.hypot(right - x, down - y) <= SAME_PLACE;
}

function typed(view, event, keyed, dropStroke) {
  if (event.target !== view.field || event.ctrlKey || event.metaKey) return;
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const tool = TOOLS[event.key];
  if (way) step(view, way, event);
  else if (tool && !event.altKey) view.tool = tool;
  else if (event.key === "+" || event.key === "=") view.zoomBy(1.25);
  else if (event.key === "-") view.zoomBy(0.8);
  else if (event.key === "0") view.fit();
  else if (event.key === "Enter") enter(view, event, keyed);
  else if (event.key === "Escape") escape(view, keyed, dropStroke);
  else return;
  event.preventDefault();
}

/** Arrow keys move the pointer; with Shift they move the view, or turn points in space. */
function step(view, [right, down], event) {
  const far = view.field.clientWidth * KEY_STEP;
  if (view.inSpace) return view.turnBy(right * far, down * far);
  if (event.shiftKey) return view.panBy(-4 * right * far, -4 * down * far);
  const [x, y] = view.toScreen(view.place);
  view.lookAt(view.toPlace([x + right * far, y + down * far]), event.timeStamp);
}

function enter(view, event, keyed) {
  if (view.tool !== "pan" && !view.inSpace) return keyed.enter(view.tool, view.place, modeOf(event));
  view.onClick({ row: view.row, place: view.inSpace ? null : view.place, event, how: "key" });
}

function escape(view, keyed, dropStroke) {
  dropStroke();
  if (keyed.begun) keyed.cancel();
  else view.tool = "pan";
}
