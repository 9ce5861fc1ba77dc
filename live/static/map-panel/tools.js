// What a drag on the map does: move it, draw a box, draw a lasso; and how what is drawn counts beside what is selected.

import { createChoice } from "../choice-row.js";

const HANDS = [
  { value: "pan", text: "Move", title: "A drag moves the map (V)" },
  { value: "box", text: "Box", title: "A drag draws a box around dots (B)" },
  { value: "lasso", text: "Lasso", title: "A drag draws a line around dots (L)" },
];
const MODES = [
  { value: "replace", text: "New", title: "What you draw becomes the selection" },
  { value: "add", text: "Add", title: "What you draw is added (hold Shift)" },
  { value: "subtract", text: "Take away", title: "What you draw is taken away (hold Alt)" },
];

/** The tools of `root` over `view`. Gives back {show(tool), mode(asked)}; `asked` is the mode that the keys held ask for. */
export function createTools(root, view) {
  const find = (selector) => root.querySelector(selector);
  let standing = "replace";
  const hands = createChoice(find(".hands"), { label: "What a drag does", onChoose: (tool) => (view.tool = tool) });
  const modes = createChoice(find(".modes"), { label: "How a selection counts", onChoose: (mode) => (standing = mode) });
  hands.offer(HANDS);
  modes.offer(MODES);
  modes.show(standing);

  find(".in").onclick = () => view.zoomBy(1.5);
  find(".out").onclick = () => view.zoomBy(1 / 1.5);
  find(".fit").onclick = () => view.fit();
  const tools = {
    show(tool) {
      hands.show(tool);
      find(".modes").hidden = tool === "pan";
    },
    mode: (asked) => (asked === "replace" ? standing : asked),
  };
  tools.show(view.tool);
  return tools;
}
