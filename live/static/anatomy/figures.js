// The elements of a chapter that show a figure (docs/figures.md), by the figure's name without the chapter.

/** figure(name) -> the element in `root` that shows it. */
export function figuresIn(root) {
  const places = new Map([...root.querySelectorAll("[data-figure]")].map((place) => [place.dataset.figure.split(".")[1], place]));
  return (name) => places.get(name);
}
