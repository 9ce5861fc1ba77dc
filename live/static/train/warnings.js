// What must be said about a run: each warning with what to do, once folded away by hand it stays so until another comes.

/** In `element`. `show(warnings)`: [{kind, title, text, advice}], the gravest first. */
export function createWarnings(element) {
  let shown = "";
  return {
    show(warnings) {
      const now = JSON.stringify(warnings);
      if (now === shown) return;
      const open = new Set([...element.querySelectorAll("details[open]")].map(({ dataset }) => dataset.kind));
      shown = now;
      element.hidden = warnings.length === 0;
      element.replaceChildren(...warnings.map(({ kind, title, text, advice }) => {
        const part = document.createElement("details");
        part.dataset.kind = kind;
        part.open = open.has(kind);
        part.className = kind === "asleep" ? "mild" : "";
        const [head, words, way] = ["summary", "p", "p"].map((tag) => document.createElement(tag));
        head.textContent = title;
        words.textContent = text;
        way.textContent = advice;
        way.className = "advice";
        part.append(head, words, way);
        return part;
      }));
    },
  };
}
