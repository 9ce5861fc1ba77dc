// What people call the dimensions: kept in the checkpoint's notes on the server, or in this browser where the server
// keeps none. Names that came with the link win over both and are not written.

import { browserStore } from "./browser-store.js";

const READ_ONLY = 403;
const TAKEN = 409;
const ABSENT = 404;

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
    if (!answer?.ok) return (names = mine.read() ?? {});
    ({ revision, names } = await answer.json());
    return (names = { ...names, ...mine.read() });
  }

  async function put(wanted) {
    const body = JSON.stringify({ revision, names: wanted });
    return fetch(address, { method: "PUT", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
  }

  async function save(index, text) {
    const wanted = { ...names, [index]: text };
    if (!text) delete wanted[index];
    const answer = revision === null ? null : await put(wanted);
    if (answer?.ok) {
      ({ revision } = await answer.json());
      names = wanted;
      return { names, said: "" };
    }
    if (answer?.status === TAKEN) {
      ({ revision, names } = await answer.json());
      return { names, said: "Somebody else named dimensions meanwhile; these are the present names. Yours was not kept." };
    }
    return keepHere(wanted, index, answer);
  }

  function keepHere(wanted, index, answer) {
    names = wanted;
    const stays = mine.write(wanted);
    const where = stays ? "kept in this browser" : "kept until you leave this page";
    if (answer && ![READ_ONLY, ABSENT].includes(answer.status)) return { names, said: `The server did not keep the name; it is ${where}.` };
    return { names, said: answer?.status === READ_ONLY ? `Names are read-only on this server; yours is ${where}.` : "" };
  }

  return { load, save };
}
