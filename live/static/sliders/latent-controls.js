// Everything that moves the latent: the rows of sliders with their filmstrips, the pad, the class of a conditional model,
// and what the sliders run along (dimensions or principal axes, how far).

import { browserStore } from "../browser-store.js";
import { createChoice } from "../choice-row.js";
import { createDimensionNames, namesOfLink } from "./dimension-names.js";
import { createDimensionRows, FIRST, IDLE_NATS, listing } from "./dimension-rows.js";
import { axesBasis, dimensionBasis, usableEnds } from "./latent-basis.js";
import { createLatentPad } from "./latent-pad.js";
import { createPreviews } from "./previews.js";

const PAD_BELOW = 3; // dimensions: with so few the pad shows all of the space, and is open at first

/**
 * The controls in `root`, around `edit` (latent-edit.js). `build(data)` takes the page's data of another model; onNames()
 * says that the names in `rows.names` changed; `say(sentence)` tells what happened to one.
 */
export function createLatentControls(root, edit, { socket, say, onNames }) {
  const find = (selector) => root.querySelector(selector);
  let data = null;
  let [names, linked] = [null, {}];
  let view = { basis: "dimensions", reach: "encodings", all: false, search: "", idle: false };
  const habits = browserStore("sliders-view");

  const previews = createPreviews(socket, edit, () => ({ model: data.model, weights: data.weights }));
  const rows = createDimensionRows(find(".rows"), edit, { previews, onNames: (index) => named(index) });
  const pad = createLatentPad(find(".pad-panel"), edit, previews);
  const bases = createChoice(find(".basis"), { label: "What the sliders move", onChoose: (kind) => turn({ basis: kind }) });
  const reaches = createChoice(find(".reach"), { label: "How far the sliders reach", onChoose: (reach) => reachTo(reach) });
  const classes = createChoice(find(".classes"), { label: "Class", onChoose: (label, event) => edit.chooseLabel(label, event.timeStamp) });
  const stops = [edit.on("move", showLabel), edit.on("settle", showLabel)];

  function basisNow() {
    const prior = view.reach === "prior";
    if (view.basis === "axes") {
      const { ranges, prior_ranges: ofPrior } = data.axes;
      return axesBasis({ axes: data.axes, ends: usableEnds((prior && ofPrior) || ranges) });
    }
    const ends = usableEnds((prior && data.prior_ranges) || data.ranges);
    return dimensionBasis({ latentDim: ends.length, ends, nats: data.nats, weights: data.order, names: rows.names });
  }

  /** Other rows: another model, or another basis. */
  function turn(change) {
    view = { ...view, ...change };
    const basis = basisNow();
    find(".search").value = "";
    view.search = "";
    find(".basis-words").hidden = view.basis !== "axes";
    rows.show(basis);
    pad.show(basis, data.weights);
    bases.show(view.basis);
    list(basis);
  }

  function list(basis = basisNow()) {
    const single = basis.kind === "dimensions";
    const carried = single ? data.nats : null;
    const { listed, idle, more } = listing({ basis, carried, search: view.search, all: view.all });
    const open = view.idle || !listed.length;
    rows.list(open ? [...listed, ...idle] : listed);
    find(".finding").hidden = basis.count <= FIRST;
    find(".carry-words").textContent = CARRY[basis.kind];
    find(".count").textContent = `${listed.length} of ${basis.count}, the strongest first`;
    find(".all").hidden = !more && !view.all;
    find(".all").textContent = view.all ? `The strongest ${FIRST}` : `Show all ${listed.length + more}`;
    find(".folded").hidden = !idle.length;
    find(".folded-words").textContent = foldedWords(idle.length);
    find(".unfold").hidden = !listed.length;
    find(".unfold").textContent = open ? "Hide" : "Show";
    find(".unfold").ariaExpanded = String(open);
    find(".none").hidden = listed.length + idle.length > 0;
  }

  function reachTo(reach) {
    view.reach = reach;
    habits.write({ ...habits.read(), reach });
    const basis = basisNow();
    rows.setEnds(basis);
    pad.setEnds(basis);
  }

  function showLabel() {
    if (data?.classes?.length) classes.show(edit.label);
  }

  function setPad(open) {
    find(".pad-panel").hidden = !open;
    find(".pad-switch").ariaPressed = String(open);
    root.classList.toggle("with-pad", open);
    pad.setOpen(open);
  }

  // --- names

  async function load() {
    const first = names === null; // later the address still carries what belongs to the model before
    const mine = (names = createDimensionNames(data));
    linked = data.start?.names ?? (first ? namesOfLink(window.location.search, data.ranges.length) : {});
    call({}); // the link's at once, the others when they are here
    const found = await mine.load();
    if (names !== mine) return;
    call(found);
    onNames();
  }

  function call(found) {
    rows.names.clear();
    for (const [index, text] of Object.entries({ ...found, ...linked })) rows.names.set(Number(index), text);
    rows.nameAll();
    pad.nameAll();
  }

  async function named(index) {
    delete linked[index];
    pad.nameAll();
    onNames();
    const mine = names;
    const { names: found, said } = await mine.save(index, rows.names.get(index));
    if (names !== mine) return;
    if (said) say(said);
    call(found);
    onNames();
  }

  find(".search").oninput = (event) => {
    view.search = event.target.value;
    list();
  };
  find(".all").onclick = () => {
    view.all = !view.all;
    list();
  };
  find(".unfold").onclick = () => {
    view.idle = !view.idle;
    list();
  };
  find(".pad-switch").onclick = () => {
    const open = find(".pad-panel").hidden;
    habits.write({ ...habits.read(), pad: open });
    setPad(open);
  };

  return {
    rows,
    build(next) {
      data = next;
      previews.reset();
      const { reach, pad: padOpen } = habits.read() ?? {};
      reaches.offer(reachOptions(data));
      reaches.show(data.prior_ranges && reach === "prior" ? "prior" : "encodings");
      bases.offer(data.axes ? BASES : []);
      classes.offer((data.classes ?? []).map((text, value) => ({ text, value })));
      find(".class-line").hidden = !data.classes?.length;
      rows.names.clear();
      turn({ basis: "dimensions", reach: data.prior_ranges && reach === "prior" ? "prior" : "encodings", all: false, idle: false });
      find(".pad-switch").hidden = data.ranges.length < 2;
      setPad(data.ranges.length > 1 && (padOpen ?? data.ranges.length < PAD_BELOW));
      load();
    },
    remove() {
      stops.forEach((stop) => stop());
      rows.remove();
      pad.remove();
      previews.remove();
    },
  };
}

const BASES = [
  { value: "dimensions", text: "Dimensions", title: "One slider per latent dimension" },
  { value: "axes", text: "Principal axes", title: "Sliders along the directions in which the encodings vary most" },
];

function reachOptions({ prior_ranges: ofPrior, prior }) {
  if (!ofPrior) return [];
  const normal = prior === "normal";
  const far = normal ? "three standard deviations to each side" : "99.7 % of what is drawn from it";
  return [
    { value: "encodings", text: "Encodings", title: "Sliders reach as far as the encoded test images: the 0.5 and 99.5 % quantiles of the aggregated posterior" },
    { value: "prior", text: normal ? "Prior ±3 σ" : "Prior", title: `Sliders reach as far as the prior does: ${far}` },
  ];
}

const CARRY = {
  dimensions: "The strongest first: nats count what a dimension tells about an image.",
  axes: "The strongest first: per cent of the variance of the encodings.",
};

function foldedWords(count) {
  if (!count) return "";
  const [which, them] = count === 1 ? ["1 dimension carries", "it"] : [`${count} dimensions carry`, "them"];
  return `${which} less than ${IDLE_NATS} nats: the decoder takes no notice of ${them}.`;
}
