// Where the Attributes page begins: what its link asks for, as far as this model has it.

import { startLatent } from "../live-fetch.js";
import { settled } from "./moves.js";

/** The state that a link (link.js) asks for: {state, said: in words what could not be used}. known: known.js. */
export async function stateOf(asked, data, known) {
  const { model, weights, images } = data;
  const said = [];
  const tried = (work) => work().catch((problem) => (said.push(problem.message), null));
  const place = async (row) => {
    if (row === null || row === undefined) return null;
    const { latent, words } = await startLatent({ model, weights, from: "row", row });
    return { row, z: latent, words };
  };
  await readDirections(asked, data, known, tried);
  const first = asked.start.z ? null : await tried(() => startLatent({ model, weights, ...(images ? { from: "row", row: asked.start.row ?? 0 } : { from: "prior" }) }));
  const start = {
    z: asked.start.z ?? first?.latent ?? new Array(data.latent_dim).fill(0),
    label: asked.start.label ?? first?.label ?? (data.classes.length ? 0 : null),
    row: asked.start.z || !images ? null : (asked.start.row ?? 0),
    words: first?.words ?? "a picture that came with the link",
  };
  const pair = { a: await tried(() => place(asked.pair[0])), b: await tried(() => place(asked.pair[1])) };
  known.setPair(pair);
  if (kindsOf(asked).has("change")) await tried(() => known.readChanges(start));
  const { state, missing } = settled({ start, amounts: asked.amounts, pair }, asked.now, known.find);
  const names = missing.map((key) => `“${key.replace(/^(named|label):/, "")}”`).join(", ");
  if (missing.length) said.push(`This model has no direction ${names} here; ${asked.now ? "the picture is the link's all the same" : "it is left aside"}.`);
  return { state, said: said.join(" ") };
}

const kindsOf = ({ amounts }) => new Set(Object.keys(amounts).map((key) => key.split(":")[0]));

/** Those that the link moves along, so that its picture can be made. */
async function readDirections(asked, data, known, tried) {
  await tried(() => known.readSaved());
  if (kindsOf(asked).has("axis")) await tried(() => known.readAxes());
  const classes = data.labels.filter((name) => Object.hasOwn(asked.amounts, `label:${name}`));
  if (classes.length) await tried(() => known.readLabels(classes));
}

/** What a first visit shows: sliders at once. */
export function firstKind({ amounts, group }, data, known) {
  const [linked] = Object.keys(amounts).map((key) => key.split(":")[0]);
  if (linked || group || known.saved.length || !data.images) return linked ?? "named";
  return data.labels.length > 1 ? "label" : "axis";
}
