// What the map shows, as the link carries it, and back. A link is read with suspicion: what cannot be used is left out and
// said in a sentence.
//
//   source=reference  method=umap  components=3  neighbours=15  min_dist=0.1  perplexity=30  seed=0  x=3  y=5
//   colour=kl  hidden=label:1,2;split:0  range=kl:3..9  view=0.5,-1.2,8  pin=12  group=threes  tab=select
//   layers=plane,contours  class=3  selected=4,17 (a few images without a name)

const WHOLE = /^\d{1,9}$/;
const VIEW_DIGITS = 9; // with 6, a dot at the far side of the view may come to lie one pixel beside its place
const MOST_SELECTED = 40; // rows that a link carries; more need a name

/** The parameters of a link that belong to the map. */
export const LINK_KEYS = [
  "source", "method", "components", "neighbours", "min_dist", "perplexity", "seed", "x", "y", "colour", "hidden", "range",
  "view", "pin", "group", "tab", "layers", "class", "selected", "plane",
];

/** What a method may be told: [name in the link, name of the parameter, least, most, default, whole number]. */
export const PARAMETERS = {
  dimensions: [],
  pca: [["components", "components", 2, 3, 2, true]],
  umap: [
    ["components", "components", 2, 3, 2, true],
    ["neighbours", "neighbours", 2, 200, 15, true],
    ["min_dist", "min_dist", 0, 0.99, 0.1, false],
    ["seed", "seed", 0, 999_999_999, 0, true],
  ],
  tsne: [
    ["perplexity", "perplexity", 2, 200, 30, false],
    ["seed", "seed", 0, 999_999_999, 0, true],
  ],
};

/** The parameters of a method by default, for a model of `latent_dim` dimensions of which `widest` carry most. */
export function defaultParameters(method, { widest, latent_dim: size }) {
  if (method === "dimensions") return { x: widest[0], y: widest[1] };
  const given = Object.fromEntries((PARAMETERS[method] ?? []).map(([, name, , , standard]) => [name, standard]));
  if (method === "pca" && size < 3) given.components = 2;
  return given;
}

/**
 * What a link asks for: {source, method, parameters, colour, filters, view, pin, group, selected, tab, layers, label} and
 * `problems`, sentences on what could not be used. `facts`: {latent_dim, widest, classes}.
 */
export function readLink(search, facts) {
  const link = new URLSearchParams(search);
  const problems = [];
  const method = methodOf(link, facts, problems);
  const parameters = parametersOf(link, method, facts, problems);
  return {
    source: link.get("source") || "reference",
    method,
    parameters,
    colour: link.get("colour"),
    filters: { hidden: hiddenOf(link.get("hidden")), ranges: rangesOf(link.get("range")) },
    view: numbersOf(link.get("view"), [3, 12]),
    pin: WHOLE.test(link.get("pin") ?? "") ? Number(link.get("pin")) : null,
    group: link.get("group"),
    selected: selectedOf(link.get("selected")),
    tab: link.get("tab"),
    layers: (link.get("layers") ?? "").split(",").filter(Boolean),
    label: WHOLE.test(link.get("class") ?? "") ? Number(link.get("class")) : null,
    problems,
  };
}

function methodOf(link, { latent_dim: size }, problems) {
  const asked = link.get("method") ?? (link.get("plane") === "pca" ? "pca" : null); // `plane`: links of earlier versions
  const standard = size > 2 && !(link.has("x") || link.has("y")) ? "pca" : "dimensions";
  if (asked === null || Object.hasOwn(PARAMETERS, asked)) return asked ?? standard;
  problems.push(`The link's method is "${asked.slice(0, 20)}"; it must be ${Object.keys(PARAMETERS).join(", ")}. ${standard} is shown.`);
  return standard;
}

function parametersOf(link, method, facts, problems) {
  const found = defaultParameters(method, facts);
  if (method === "dimensions") return dimensionsOf(link, facts, found, problems);
  for (const [key, name, least, most, standard, whole] of PARAMETERS[method]) {
    if (!link.has(key)) continue;
    const value = Number(link.get(key));
    if (link.get(key) !== "" && value >= least && value <= most && (!whole || Number.isInteger(value))) found[name] = value;
    else problems.push(`The link's ${key} is "${link.get(key).slice(0, 12)}"; it must be from ${least} to ${most}. ${standard} is taken.`);
  }
  if (found.components > facts.latent_dim) found.components = 2;
  return found;
}

function dimensionsOf(link, { latent_dim: size }, standard, problems) {
  if (size === 2 || !(link.has("x") || link.has("y"))) return standard;
  const texts = [link.get("x") ?? "", link.get("y") ?? ""];
  const [x, y] = texts.map((text) => (WHOLE.test(text) ? Number(text) : 0));
  if (x !== y && [x, y].every((number) => number >= 1 && number <= size)) return { x: x - 1, y: y - 1 };
  problems.push(
    `The link's x and y are "${texts[0].slice(0, 9)}" and "${texts[1].slice(0, 9)}"; they must be two different dimensions ` +
      `from 1 to ${size}. z${standard.x + 1} and z${standard.y + 1} are shown.`,
  );
  return standard;
}

/** "4,17" as [4, 17]; null when there is nothing. */
function selectedOf(text) {
  const rows = (text ?? "").split(",");
  return rows.length <= MOST_SELECTED && rows.every((row) => WHOLE.test(row)) ? rows.map(Number) : null;
}

/** "label:1,2;split:0" as {label: [1, 2], split: [0]}; names may hold colons themselves. */
function hiddenOf(text) {
  return entriesOf(text, (values) => {
    const classes = values.split(",");
    return classes.every((kind) => WHOLE.test(kind)) ? classes.map(Number) : null;
  });
}

/** "kl:3..9" as {kl: [3, 9]}. */
function rangesOf(text) {
  return entriesOf(text, (values) => {
    const ends = values.split("..").map(Number);
    return ends.length === 2 && ends.every(Number.isFinite) && ends[0] <= ends[1] ? ends : null;
  });
}

function entriesOf(text, read) {
  const found = {};
  for (const part of (text ?? "").split(";")) {
    const cut = part.lastIndexOf(":");
    const value = cut > 0 ? read(part.slice(cut + 1)) : null;
    if (value) found[part.slice(0, cut)] = value;
  }
  return found;
}

function numbersOf(text, lengths) {
  const numbers = (text ?? "").split(",").map(Number);
  return text && lengths.includes(numbers.length) && numbers.every(Number.isFinite) ? numbers : null;
}

/** What the link shall say: {name: text or null}, only what differs from the defaults of the model at hand. */
export function linkOf(shown, facts) {
  const changes = { plane: null, image: null, z: null };
  const standard = facts.latent_dim > 2 ? "pca" : "dimensions";
  changes.source = shown.source === "reference" ? null : shown.source;
  changes.method = shown.method === standard ? null : shown.method;
  for (const key of ["components", "neighbours", "min_dist", "perplexity", "seed", "x", "y"]) changes[key] = null;
  const usual = defaultParameters(shown.method, facts);
  for (const [key, name] of PARAMETERS[shown.method]) {
    if (shown.parameters[name] !== usual[name]) changes[key] = String(shown.parameters[name]);
  }
  if (shown.method === "dimensions" && facts.latent_dim > 2) {
    Object.assign(changes, { x: String(shown.parameters.x + 1), y: String(shown.parameters.y + 1) });
  }
  changes.colour = shown.colour === shown.usualColour ? null : shown.colour;
  changes.hidden = joined(shown.filters.hidden, (classes) => classes.join(","));
  changes.range = joined(shown.filters.ranges, ([low, high]) => `${short(low)}..${short(high)}`);
  changes.view = shown.view ? shown.view.map((value) => short(value, VIEW_DIGITS)).join(",") : null;
  changes.pin = shown.pin === null ? null : String(shown.pin);
  changes.group = shown.group || null;
  changes.selected = !shown.group && fitsInLink(shown.selected) ? Array.from(shown.selected).join(",") : null;
  changes.tab = shown.tab === "colour" ? null : shown.tab;
  changes.layers = shown.layers.length ? shown.layers.join(",") : null;
  changes.class = shown.label ? String(shown.label) : null;
  return changes;
}

/** Whether so few rows are selected that a link can name each. */
export const fitsInLink = (rows) => rows?.length > 0 && rows.length <= MOST_SELECTED;

function joined(entries, text) {
  return Object.entries(entries).map(([name, value]) => `${name}:${text(value)}`).join(";") || null;
}

const short = (value, digits = 6) => String(Number(value.toPrecision(digits)));
