// What people call the dimensions: kept in the checkpoint's notes on the server, or in this browser where the server
// keeps none. Names that came with the link win over both and are not written.

import { browserStore } from "../browser-store.js";

const READ_ONLY = 403;
const TAKEN = 409;

/** {index: text} of a link's name3=slant parameters. */
export function namesOfLink(search, latentDim) {
  const found = {};
  for (const [key, text] of new URLSearchParams(search)) {
    const [, number] = key.match(/^name(\d{1,3})$/) ?? [];
    if (number !== undefined && Number(number) < latentDim && usable(text)) found[Number(number)] = text.trim();
  }
  return found;
}

/** What a link says of the names in the Map; `latentDim` parameters at most, null for those that have none. */
export function linkOfNames(names, search) {
  const changes = {};
  for (const [key] of new URLSearchParams(search)) if (/^name\d{1,3}$/.test(key)) changes[key] = null;
  names.forEach((text, index) => (changes[`name${index}`] = text));
  return changes;
}

function usable(text) {
  const length = [...text.trim()].length;
  return length >= 1 && length <= 40 && !/\p{C}/u.test(text);
}

/**
 * The notes' names of one model. `load()` gives {index: text}; `save(index, text or undefined)` keeps one change and gives
 * back {names, said}: all names as they are now, and a sentence where something else happened than was asked for.
 */
export function createDimensionNames({ live, model, weights }) {
  const address = new URL(`${live}notes/${encodeURIComponent(model)}/names`, window.location.href);
  const mine = browserStore(`${weights}/names`);
  let revision = null; // of the server's; null: the names are kept here
  let names = {};

  async function load() {
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) ({ revision, names } = await answer.json());
    names = withChanges(names, mine.read() ?? {});
    return names;
  }

  async function put(wanted) {
    const body = JSON.stringify({ revision, names: wanted });
    return fetch(address, { method: "PUT", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
  }

  async function save(index, text) {
    const change = { [index]: text || null };
    const wanted = withChanges(names, change);
    const answer = revision === null ? null : await put(wanted);
    if (answer?.status === TAKEN) {
      ({ revision, names } = await answer.json());
      return { names, said: "Somebody else named dimensions meanwhile; these are the present names. Yours was not kept." };
    }
    names = wanted;
    if (!answer?.ok) return { names, said: keepHere(change, answer?.status) };
    ({ revision } = await answer.json());
    const { [index]: _, ...others } = mine.read() ?? {};
    mine.write(others); // what the server keeps now
    return { names, said: "" };
  }

  /** The change stays in this browser; gives back the sentence that says so, where the server keeps names at all. */
  function keepHere(change, status) {
    const stays = mine.write({ ...mine.read(), ...change });
    const where = `it is kept ${stays ? "in this browser" : "until you leave this page"}`;
    if (revision === null) return "";
    return status === READ_ONLY ? `Names are read-only on this server; ${where}.` : `The server did not keep the name; ${where}.`;
  }

  return { load, save };
}

/** The names after changes; null takes one away. */
function withChanges(names, changes) {
  return Object.fromEntries(Object.entries({ ...names, ...changes }).filter(([, text]) => text !== null));
}
