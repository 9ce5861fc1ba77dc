// A class that counts as the anomaly: which there are, which images have it, and what must be said of how well it is found.

import { createChoice } from "../choice-row.js";
import { columnOf, columnsOf } from "../map-panel/routes.js";
import { medianOf } from "./roc.js";

const TRAINED = "The model was trained on images of this class too: the figure says how strange they are to it, not how it would find a class it never saw.";

/** In the page of `find`. `data()` gives {model, weights}; `onChoose(name or null)`. */
export function createAnomaly(find, { data, onChoose }) {
  const choice = createChoice(find(".anomalies"), { label: "The class that counts as the anomaly", onChoose: (name) => onChoose(name || null) });
  let label = null; // {names, values: int16 per row}
  let read = null; // which source they are of

  const nameOf = (value) => label.names[value] ?? String(value);
  const numbers = () => (label ? [...new Set(Array.from(label.values).filter((value) => value >= 0))].sort((one, other) => one - other) : []);

  return {
    /** The labels of a source, read once. */
    async read(source, signal) {
      const wanted = `${data().weights} ${source}`;
      if (read === wanted) return;
      const { columns } = await columnsOf(data(), source, signal);
      const column = columns.find(({ name }) => name === "label");
      label = column ? { names: column.names, values: await columnOf(data(), source, column, { signal }) } : null;
      read = wanted;
    },
    /** Offers the classes; gives back a sentence where the chosen one is none of them, else an empty text. */
    offer(chosen) {
      const found = numbers();
      const names = found.map(nameOf);
      find(".class-group").hidden = found.length === 0;
      find(".one-label").hidden = found.length !== 1;
      choice.offer(found.length > 1 ? [{ value: "", text: "none", title: "No class counts as the anomaly" }, ...names.map((name) => ({ value: name, text: name }))] : []);
      const known = !chosen || names.includes(chosen);
      choice.show(known && chosen ? chosen : "");
      return known ? "" : `The link's anomaly is "${chosen.slice(0, 40)}"; these images have ${names.length ? names.join(", ") : "no labels"}. It is left aside.`;
    },
    show: (chosen) => choice.show(chosen ?? ""),
    /** row => whether it is one; null where no class is chosen. */
    test(chosen) {
      if (!chosen || !label) return null;
      const number = label.names.indexOf(chosen);
      return (row) => label.values[row] === number;
    },
    /** The name of a row's class, or null. */
    className: (row) => (label && label.values[row] >= 0 ? label.names[label.values[row]] : null),
    /** What stands beside the AUROC. */
    words(auroc, ink, anomalous) {
      if (auroc >= 0.5 || !ink) return TRAINED;
      const inside = medianOf(ink, anomalous);
      const outside = medianOf(ink, (row) => !anomalous(row));
      if (!(inside < 0.85 * outside)) return TRAINED;
      return `Below 0.5: these images count as less strange than the rest. They are simple (median ink ${inside.toFixed(0)} against ${outside.toFixed(0)} pixels), and simple images cost a model little even if it never saw any. ${TRAINED}`;
    },
  };
}
