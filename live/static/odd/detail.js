// One image large: what it is, what the model makes of it, where they differ, and where it stands by every score.

const NAMES = ["Image", "Reconstruction", "Difference"];

/** In `element`. `canvases(row)`: the three of its card; onMap(row). Gives back {show(row or null, {title, figures, again}), row}; `again`: it was open, and its pictures stay. */
export function createDetail(element, { canvases, onMap }) {
  const draw = (row) =>
    canvases(row).filter((canvas) => !canvas.hidden).map((canvas) => {
      const figure = document.createElement("figure");
      const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
      if (canvas.width && canvas.height) copy.getContext("2d").drawImage(canvas, 0, 0);
      const name = NAMES[["original", "reconstruction", "error"].indexOf(canvas.className)];
      copy.setAttribute("role", "img");
      copy.ariaLabel = name;
      const frame = Object.assign(document.createElement("div"), { className: "frame" });
      frame.append(copy);
      figure.append(frame, Object.assign(document.createElement("figcaption"), { className: "quiet", textContent: name }));
      return figure;
    });

  const line = ({ text, unit, value, percentile }) => {
    const item = document.createElement("li");
    item.innerHTML = `<span class="name"></span><span class="figure value"></span><span class="bar-of"><span></span></span><span class="figure quiet percentile"></span>`;
    item.querySelector(".name").textContent = text;
    item.querySelector(".value").textContent = `${value}${unit ? ` ${unit}` : ""}`;
    item.querySelector(".bar-of span").style.width = `${percentile}%`;
    item.querySelector(".percentile").textContent = percentile.toFixed(1);
    item.title = `${percentile.toFixed(1)} % of the images score lower`;
    return item;
  };

  let open = null;

  function close() {
    open = null;
    element.hidden = true;
  }

  return {
    /** The image that is open, or null. */
    get row() {
      return open;
    },
    show(row, about) {
      if (row === null) return close();
      open = row;
      element.hidden = false;
      element.querySelector(".detail-title").textContent = about.title;
      if (!about.again) element.querySelector(".detail-trio").replaceChildren(...draw(row));
      element.querySelector(".detail-scores").replaceChildren(...about.figures.map(line));
      element.querySelector(".detail-map").onclick = () => onMap(row);
      element.querySelector(".detail-close").onclick = close;
      if (!about.again) element.scrollIntoView({ block: "nearest" });
    },
  };
}
