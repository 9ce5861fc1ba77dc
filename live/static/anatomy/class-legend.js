// Which colour of the points is which class: a line of coloured dots with names.

/** Fills `element` for points with these labels; nothing where they have none. names: of the classes, by label. */
export function showLegend(element, labels, names, colours) {
  const known = [...new Set(labels ?? [])].filter((label) => label >= 0).sort((a, b) => a - b);
  element.replaceChildren(...known.map((label) => {
    const dot = Object.assign(document.createElement("i"), { className: "class-dot" });
    dot.style.background = colours[label % colours.length];
    const entry = document.createElement("span");
    entry.append(dot, names[label] ?? String(label));
    return entry;
  }));
}
