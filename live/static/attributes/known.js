// The directions that a picture can be moved along: those with a name (kept with the model), the principal axes, those that
// change this picture most, and the analogy's.

import { float32Of } from "../arrays.js";
import { packedLatents } from "../packed.js";
import { axesOf, changesOf, findDirection, readDirections, writeDirections } from "./routes.js";
import { between, consistencyWords } from "./moves.js";

const REACH = { named: 2, label: 2, axis: 3, change: 3, analogy: 2 };

/** `named()` gives {model, weights}. */
export function createKnown(named) {
  let saved = { revision: 0, directions: [] };
  let labels = new Map(); // name of a class -> its direction, or null where it has too few images
  let axes = null;
  let changes = null; // {of: text of the start, list}
  let analogy = null;

  const key = (name) => `named:${name}`;
  const usable = ({ weights }) => weights === named().weights;
  const asDirection = (each) => ({ vector: float32Of(each.vector), step: each.span });

  const known = {
    /** {vector, step} of a key, or undefined. */
    find(asked) {
      const [kind, ...rest] = asked.split(":");
      if (kind === "label") return labels.get(rest.join(":")) ?? undefined;
      if (kind === "axis") return axes?.[Number(rest[0])];
      if (kind === "change") return changes?.list[Number(rest[0])];
      if (kind === "analogy") return analogy ?? undefined;
      const found = saved.directions.find(({ name }) => name === rest.join(":"));
      return found && usable(found) ? asDirection(found) : undefined;
    },
    get saved() {
      return saved.directions;
    },
    async readSaved(signal) {
      saved = await readDirections({ ...named(), signal });
    },
    /** The direction from all others to each of these classes, one after the other; `told(known so far)` at each step. */
    async readLabels(names, signal, told = () => {}) {
      const mine = labels; // of this model
      for (const name of names.filter((each) => !mine.has(each))) {
        const found = await findDirection({ ...named(), having: { labels: [name] }, method: "means", signal }).catch((problem) => {
          if (problem.reason !== "too-few-rows") throw problem;
          return null;
        });
        if (labels !== mine) return;
        mine.set(name, found && { ...asDirection(found), ...consistencyWords(found) });
        told(mine.size);
      }
    },
    async readAxes(signal) {
      axes ??= await axesOf({ ...named(), signal });
    },
    /** Whether those that change the picture most are known for this start: elsewhere they are others. */
    hasChanges: (start) => changes?.of === placeOf(start),
    async readChanges({ z, label }, signal) {
      const of = placeOf({ z, label });
      if (changes?.of === of) return;
      const list = await changesOf({ ...named(), latent: z, label, signal });
      changes = { of, list };
    },
    setPair({ a, b }) {
      analogy = a && b ? between(a.z, b.z) : null;
      return analogy;
    },
    forget() {
      [saved, labels, axes, changes, analogy] = [{ revision: 0, directions: [] }, new Map(), null, null, null];
    },
    /** What is kept from now on; who was first wins, and theirs are shown. Throws LiveError. */
    async write(directions) {
      try {
        saved = await writeDirections({ ...named(), revision: saved.revision, directions });
      } catch (problem) {
        if (problem.reason === "changed-meanwhile") saved = { revision: problem.facts.revision, directions: problem.facts.directions };
        throw problem;
      }
    },
    /** A name that no direction has yet. */
    freeName(wanted) {
      const names = new Set(saved.directions.map(({ name }) => name));
      const short = wanted.slice(0, 36);
      let name = short;
      for (let number = 2; names.has(name); number += 1) name = `${short} ${number}`;
      return name;
    },
    /** The present analogy as a direction that can be kept. */
    keptAnalogy(name, { a, b }) {
      return { name, vector: packedLatents(analogy.vector), span: analogy.step, weights: named().weights, method: "analogy", having: b.words, lacking: a.words, orthogonal_to: [], auc: null, cohens_d: null, held_out: null };
    },
    /** The rows of one kind, as rows.js shows them. */
    rows(kind) {
      if (kind === "named") return saved.directions.map(namedRow);
      if (kind === "label") return [...labels].filter(([, found]) => found).map(([name, { short, words }]) => ({ key: `label:${name}`, name, reach: REACH.label, facts: short, title: `From the mean of all other images to the mean of those labelled ${name}. ${words}` }));
      if (kind === "axis") return (axes ?? []).map(({ share }, at) => ({ key: `axis:${at}`, name: `Axis ${at + 1}`, reach: REACH.axis, facts: `${percent(share)} of the variance`, title: "A principal axis of the encoded images; 1 is one standard deviation along it" }));
      if (kind === "change") return (changes?.list ?? []).map(({ share, change }, at) => ({ key: `change:${at}`, name: `Change ${at + 1}`, reach: REACH.change, facts: `${percent(share)} of the change`, title: `A singular direction of the decoder's Jacobian at this picture: a step of one latent unit changes it by ${change.toFixed(2)} (Euclidean, pixel values in 0 to 1)` }));
      return analogy ? [{ key: "analogy", name: "a → b", reach: REACH.analogy, facts: `${analogy.step.toFixed(2)} latent units`, title: "1 goes as far from your picture as b is from a" }] : [];
    },
    key,
  };

  function namedRow(each) {
    const { short, words } = consistencyWords(each);
    const stale = !usable(each);
    const made = each.method === "analogy" ? `From ${each.lacking} to ${each.having}.` : `With: ${each.having}. Without: ${each.lacking}. By ${each.method === "means" ? "the difference of means" : "a classifier"}${each.orthogonal_to.length ? `, orthogonal to ${each.orthogonal_to.join(", ")}` : ""}.`;
    const facts = stale ? "found under other weights: find it again" : short || "from two pictures";
    return { key: key(each.name), name: each.name, reach: REACH.named, own: true, stale, facts, title: `${made} ${words} 1 leads from the mean of those without to the mean of those with it.` };
  }

  return known;
}

const placeOf = ({ z, label }) => JSON.stringify([Array.from(z), label]);
const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
