// Which image a key is: the chooser beside the picture, for one key at a time.

import { createChooser } from "../chooser/chooser.js";
import { createPlaceDecoder } from "../chooser/decode-places.js";
import { imageAddress } from "../live-fetch.js";
import { keptPlaces } from "../sliders/kept-places.js";
import { captionOf } from "./key-row.js";

/**
 * In `.choosing` of the page. `find(selector)`; `edit`: morph-edit.js; `facts()` gives the page's data; `socket`, and
 * `asking(lane, more)` makes its requests. `onOpen(index or null)` when another key is chosen for, `onChosen(index, keys)`
 * when an image was. Gives back {index: which key is set, the number of keys for a new one, else null; open(data), choose(index),
 * close(), remove()}.
 */
export function createChoosing({ find, edit, facts, socket, asking, onOpen, onChosen, onProblem }) {
  let index = null;
  const title = (words) => (find(".chooser-place h3").textContent = words);
  const chooser = createChooser(find(".chooser-place"), {
    title: "Choose",
    fit: (options, ...callbacks) => socket.fit(asking("morph-fit", options), ...callbacks),
    picture: (row, kind) => imageAddress(facts(), row, kind),
    label: () => edit.state?.label ?? null,
    present: () => edit.state?.keys[index]?.source ?? { row: null, words: "no image yet" },
    onChoose: (found) => chosen(found),
    page: "morph",
    shelf: () => keptPlaces(facts().weights),
    decode: createPlaceDecoder({ socket, asking, lane: "morph-shelf", onProblem }),
  });

  function chosen({ latent, source: { kind, row, words, fitted } }) {
    if (index === null) return;
    const keys = [...edit.state.keys];
    keys[index] = { latent, source: { kind, row, words, ...(fitted ? { fitted } : {}) } };
    edit.set({ keys });
    title(`Image ${index + 1}: ${captionOf({ words })}`);
    chooser.show();
    onChosen(index, keys);
  }

  return {
    get index() {
      return index;
    },
    open: (data) => chooser.open(data),
    choose(next) {
      index = next;
      if (index !== null) {
        const { keys } = edit.state;
        title(index >= keys.length ? `Image ${index + 1}: add` : `Image ${index + 1}: ${captionOf(keys[index].source)}`);
        chooser.show();
      }
      onOpen(index);
      if (index !== null) find(".choosing").scrollIntoView({ block: "nearest" });
    },
    /** Without a word to the page: what else changes is shown at the same moment. */
    close() {
      index = null;
    },
    remove: () => chooser.remove(),
  };
}
