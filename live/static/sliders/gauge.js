// How usual a place is: its log density under the encodings of held-out images, as a percentile of theirs; the distance to
// the nearest of them, and those images themselves. A moving hand sees a bound from the nearest, one that lets go the exact figure.

const SHOWN = 8; // nearest images
const LIVE_MS = 120; // while the hand moves it is told so often where it is
const AFTER_PREVIEWS_MS = 200; // eight pictures to fetch: not beside the filmstrips that a release asks for too
const WORDS = {
  usual: "Usual",
  rare: "Rare",
  "never seen": "Never seen",
};

/**
 * A gauge in `element` for what `edit` (latent-edit.js) holds.
 * `judge(options, onReply, onError)` asks the live socket about the present latent, `picture(row)` gives an image's address,
 * `open(row)` starts from that image.
 */
export function createGauge(element, edit, { judge, picture, open }) {
  const find = (selector) => element.querySelector(selector);
  const images = Array.from({ length: SHOWN }, () => neighbour(open));
  find(".neighbours").replaceChildren(...images);
  let shownFor = null; // the rows on the screen
  let fetching = null; // nearest images that wait

  function show(reply, exact) {
    const percentile = reply.percentile[0];
    const verdict = reply.verdict[0];
    element.dataset.verdict = verdict;
    find(".needle").style.setProperty("--share", (percentile / 100).toFixed(4));
    find(".scale").setAttribute("aria-valuenow", percentile.toFixed(1));
    find(".scale").setAttribute("aria-valuetext", `${WORDS[verdict] ?? verdict}, percentile ${figure(percentile)}`);
    find(".verdict").textContent = WORDS[verdict] ?? verdict;
    find(".percentile").textContent = exact ? figure(percentile) : `≥ ${figure(percentile)}`;
    find(".words").textContent = withoutVerdict(reply.words[0], WORDS[verdict] ?? verdict);
    clearTimeout(fetching);
    if (exact) fetching = setTimeout(() => showNeighbours(reply.nearest[0], reply.distances[0]), shownFor ? AFTER_PREVIEWS_MS : 0);
  }

  function showNeighbours(rows, distances) {
    images.forEach((button, index) => {
      const row = rows[index];
      button.hidden = row === undefined;
      if (button.hidden) return;
      const far = `${distances[index].toFixed(distances[index] < 100 ? 1 : 0)} σ`;
      button.dataset.row = row;
      button.title = `Image ${row}, ${far} away. Start from it`;
      button.ariaLabel = `Start from image ${row}, ${far} away`;
      button.querySelector("figcaption").textContent = far;
      if (shownFor?.[index] !== row) button.querySelector("img").src = picture(row);
    });
    shownFor = [...rows];
  }

  function ask(exact) {
    judge(
      { exact, nearest: exact ? SHOWN : 0, without: edit.source.row ?? null }, // an image is not judged against itself
      (reply) => {
        element.classList.remove("waiting");
        show(reply, exact);
      },
      ({ reason, message }) => {
        if (reason === "no-reference") element.hidden = true;
        else find(".words").textContent = message;
      },
    );
  }

  let soon = null; // a question that waits its turn
  const later = () => {
    soon ??= setTimeout(() => {
      soon = null;
      ask(false);
    }, LIVE_MS);
  };
  const now = () => {
    clearTimeout(soon);
    soon = null;
    ask(true);
  };
  const stops = [edit.on("move", ({ by }) => by !== "begin" && later()), edit.on("settle", now), () => [soon, fetching].forEach(clearTimeout)];
  return {
    /** Another model: what is shown no longer holds. Without encoded images there is nothing to compare with. */
    clear({ images, originals }) {
      shownFor = null;
      find(".nearest").textContent = originals ? "Nearest real images, and how far they are" : "Nearest images, as reconstructed, and how far they are";
      clearTimeout(fetching);
      element.hidden = images < 2;
      element.classList.add("waiting");
      delete element.dataset.verdict;
      find(".words").textContent = "Measuring how usual places of this model are…";
    },
    remove: () => stops.forEach((stop) => stop()),
  };
}

// the verdict stands above: "Usual: 70 % of …" becomes "70 % of …"
function withoutVerdict(words, verdict) {
  const rest = words.startsWith(verdict) ? words.slice(verdict.length).replace(/^[:,] /, "") : words;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function figure(percentile) {
  return percentile > 0 && percentile < 1 ? percentile.toFixed(1) : percentile.toFixed(0);
}

function neighbour(open) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "neighbour";
  button.hidden = true;
  const image = Object.assign(document.createElement("img"), { alt: "" });
  button.append(image, Object.assign(document.createElement("figcaption"), { className: "figure" }));
  button.onclick = () => open(Number(button.dataset.row));
  return button;
}
