// What was done on the map of a model stays in this tab: the way back from another page, or a reload, brings it again.
// Beyond the link it holds what no link carries: selected rows, the images of a map of some alone, a picture of one's own.

import { browserStore, tabStorage } from "../browser-store.js";
import { LINK_KEYS } from "./link.js";
import { packedRows } from "./routes.js";

const MOST_ROWS = 100_000; // 530 kB as text; a tab keeps about 5 MB

/**
 * The memory of the map of {model, weights}. Gives back {keep({changes, selection: {rows, words}, alone, brought}),
 * isShown(search), asked(search): {search, selection, alone, brought}}, the last three null where there is nothing of the kind.
 */
export function createMemory({ model, weights }) {
  const store = browserStore(`${model}/map`, tabStorage());
  const texts = new WeakMap(); // rows -> text: packed once, not at each move of the view

  function packed(rows) {
    if (!rows?.length || rows.length > MOST_ROWS) return null;
    if (!texts.has(rows)) texts.set(rows, packedRows(rows));
    return texts.get(rows);
  }

  return {
    keep({ changes, selection, alone, brought }) {
      const link = Object.fromEntries(Object.entries(changes).filter(([, text]) => text !== null));
      const rows = packed(selection.rows);
      store.write({ weights, link, selection: rows && { rows, words: selection.words }, alone: packed(alone), brought });
    },
    /** Whether an address means what was kept last. */
    isShown(search) {
      const own = ownOf(search);
      return !Object.keys(own).length || same(own, store.read()?.link ?? {});
    },
    /** What an address asks for: one that says nothing of the map means the map as it was left. */
    asked(search) {
      const nothing = { search, selection: null, alone: null, brought: null };
      const kept = store.read();
      if (!kept?.link || kept.weights !== weights) return nothing;
      const own = ownOf(search);
      if (Object.keys(own).length && !same(own, kept.link)) return nothing;
      const selection = kept.selection && { rows: unpackedRows(kept.selection.rows), words: kept.selection.words };
      const alone = kept.alone && unpackedRows(kept.alone);
      return { search: `?${new URLSearchParams(kept.link)}`, selection, alone, brought: kept.brought ?? null };
    },
  };
}

/** What an address says of the map: {name: text}. */
export function ownOf(search) {
  return Object.fromEntries([...new URLSearchParams(search)].filter(([name]) => LINK_KEYS.includes(name)));
}

/** Whether two addresses say the same of the map. */
export const same = (one, other) => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

/** Rows out of the text that packedRows makes. */
export function unpackedRows(text) {
  return new Uint32Array(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer);
}
