// The directions that are kept with the model: found, named, taken away and put back. Who was first wins.

import { findDirection } from "./routes.js";

const shortened = (place) => ({ ...place, words: place.words.slice(0, 200) });

/**
 * `known`: known.js; `form`: new-direction.js; `named()` gives {model, weights}; `amounts()` how far each is moved. `onKept()`
 * when others are kept, `onAmounts(amounts)` when a name moves with its amount; `say(text, button)`. Gives back {find(asked, name),
 * findGroup(group), rename(key, name), drop(key), keepAnalogy(pair)}.
 */
export function createKeeping({ known, form, named, amounts, onKept, onAmounts, onFound, say, signal }) {
  /** Keeps these directions with the model; gives back whether that worked. */
  async function keep(directions) {
    try {
      await known.write(directions);
      return true;
    } catch (problem) {
      say(problem.message);
      return false;
    } finally {
      onKept();
    }
  }

  async function find({ having, lacking, method, orthogonal_to: keys }, name) {
    const { model, weights } = named();
    const others = known.saved.filter((each) => keys.includes(known.key(each.name)));
    form.busy(true);
    form.say("Finding the direction…");
    try {
      const asked = { having, ...(lacking ? { lacking } : {}), method, orthogonal_to: others.map(({ vector }) => vector) };
      const found = await findDirection({ model, weights, ...asked, signal, onProgress: ({ message }) => form.say(`${message}…`) });
      const { vector, span, auc, cohens_d, held_out, having: withIt, lacking: without } = found;
      const called = known.freeName(name || withIt);
      const made = { name: called, vector, span, weights, method, having: withIt.slice(0, 200), lacking: without.slice(0, 200), orthogonal_to: others.map((each) => each.name), auc, cohens_d, held_out };
      if (await keep([...known.saved, made])) tell(called);
    } catch (problem) {
      if (problem.name !== "AbortError") form.say(problem.message, true);
    } finally {
      form.busy(false);
    }
  }

  function tell(name) {
    const row = known.rows("named").find((each) => each.name === name);
    form.clear();
    form.say(`“${name}” is found and kept with the model. ${row.title}`);
    onFound(row.key);
  }

  async function rename(key, name) {
    const old = key.replace(/^named:/, "");
    const renamed = known.saved.map((each) => ({ ...each, name: each.name === old ? name : each.name, orthogonal_to: each.orthogonal_to.map((other) => (other === old ? name : other)) }));
    if (!(await keep(renamed))) return;
    const { [key]: amount, ...rest } = amounts();
    if (amount !== undefined) onAmounts({ ...rest, [known.key(name)]: amount });
  }

  async function drop(key) {
    const at = known.saved.findIndex(({ name }) => known.key(name) === key);
    const gone = known.saved[at];
    if (!(await keep(known.saved.filter((_, index) => index !== at)))) return;
    const { [key]: amount, ...rest } = amounts();
    if (amount) onAmounts(rest);
    const back = () => keep([...known.saved.slice(0, at), gone, ...known.saved.slice(at)]);
    say(`“${gone.name}” is taken away. `, { text: "Put it back", act: back });
  }

  async function keepAnalogy({ a, b }) {
    const name = known.freeName("a to b");
    if (await keep([...known.saved, known.keptAnalogy(name, { a: shortened(a), b: shortened(b) })])) {
      say(`Kept as “${name}” among the attributes; choose its name there to rename it.`, {});
    }
  }

  /** From the map: the images of a group as an attribute, found on arrival. */
  function findGroup(group) {
    if (form.choose(group)) find({ having: { group }, lacking: null, method: "means", orthogonal_to: [] }, group);
    else form.say(`This model has no group called “${group}”. Choose another, or select images on the Map.`, true);
  }

  return { find, findGroup, rename, drop, keepAnalogy };
}
