// The link of the Anatomy page: chapter, language, image, noise and each chapter's own settings (c3.k=...). Written a moment
// after the last change: under a hand that goes on it would cost frames, and browsers refuse many at once.

import { replaceLink } from "../page-link.js";

const WAIT_MS = 200;

/** {get(key), set(key, text or null), flush()}. */
export function createLink() {
  const given = new URLSearchParams(window.location.search);
  const held = new Map([...given]);
  let changes = {};
  let waiting = null;
  const link = {
    get: (key) => held.get(key) ?? null,
    set(key, text) {
      if (text === null) held.delete(key);
      else held.set(key, String(text));
      changes[key] = text === null ? null : String(text);
      clearTimeout(waiting);
      waiting = setTimeout(link.flush, WAIT_MS);
    },
    flush() {
      clearTimeout(waiting);
      waiting = null;
      replaceLink("anatomy", changes);
      changes = {};
    },
  };
  return link;
}

/** The same for one chapter, its keys behind a prefix. */
export function ofChapter(link, prefix) {
  return { get: (key) => link.get(`${prefix}.${key}`), set: (key, text) => link.set(`${prefix}.${key}`, text) };
}
