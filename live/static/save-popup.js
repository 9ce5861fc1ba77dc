// A button "Save" and the panel that it opens: its fields, what is wrong with one, what came of it. What is made, and
// how it is asked for, is its owner's.

let popups = 0;

const markup = (id, label, make) => `
  <button type="button" class="export-open" aria-haspopup="dialog" aria-expanded="false" aria-controls="${id}">Save</button>
  <form class="export-panel" id="${id}" role="dialog" aria-label="${label}" novalidate hidden>
    <button type="submit" class="export-make">${make}</button>
    <div class="export-under" hidden><progress class="export-progress" max="1" aria-label="Progress"></progress>
      <div class="row"><span class="quiet export-left" role="status"></span><button type="button" class="small export-stop" hidden>Cancel</button></div></div>
    <div class="export-told"><p class="export-said quiet" role="status"></p><p class="problem" role="alert" hidden></p></div>
  </form>`;

/**
 * In `element`. `rows`: what the panel asks, [{name, text, type: "choice" | "number" | "switch", ...}]: a choice has `options`
 * [[value, text]], a number `low`, `high` and `value` (empty: given later), a switch `on`. `onOpen(fields)`; `onChange(fields)`
 * gives back the names of the fields that are shown; `onMake(fields, signal)` is called when all shown ones fit, and its
 * words are what came of it (a refusal is thrown). `stoppable`: it can be cancelled; `busy`: what the button says meanwhile.
 * Gives back {close(), told({progress, words}), remove()}.
 */
export function createSavePopup(element, { label, make, busy: busyWords = "Making the file…", rows, onOpen = () => {}, onChange, onMake, stoppable = false }) {
  const leaving = new AbortController();
  const id = `export-panel-${++popups}`;
  element.classList.add("export");
  element.innerHTML = markup(id, label, make);
  const find = (selector) => element.querySelector(selector);
  const [opener, panel, maker] = [find(".export-open"), find(".export-panel"), find(".export-make")];
  rows.forEach((row) => maker.before(rowOf(row, `${id}-${row.name}`)));
  const fields = panel.elements;
  const given = () => [...fields].filter((field) => field.name);
  let making = null;

  opener.onclick = () => (panel.hidden ? open() : close());
  panel.onchange = () => show();
  panel.onsubmit = (event) => (event.preventDefault(), submit());
  find(".export-stop").onclick = () => making?.abort(new DOMException("", "AbortError"));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    close();
  });
  element.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !element.contains(relatedTarget) && close(false)); // by Tab
  document.addEventListener("pointerdown", (event) => event.composedPath().includes(element) || close(false), { signal: leaving.signal });

  function open() {
    onOpen(fields);
    panel.hidden = false;
    opener.ariaExpanded = "true";
    show();
    given()[0].focus();
    panel.scrollIntoView({ block: "nearest" }); // on a phone its end would lie below the screen
  }

  function close(back = true) {
    if (panel.hidden) return;
    panel.hidden = true;
    opener.ariaExpanded = "false";
    if (back) opener.focus();
  }

  function show() {
    const shown = new Set(onChange(fields));
    for (const field of given()) field.closest(".export-row").hidden = !shown.has(field.name);
    say("");
  }

  async function submit() {
    const wrong = given().find((field) => !field.closest(".export-row").hidden && !field.checkValidity());
    if (wrong) {
      say(`${wrong.previousElementSibling.textContent} is ${wrong.value || "empty"}; it must be a whole number from ${wrong.min} to ${wrong.max}.`, true);
      return wrong.focus();
    }
    making = new AbortController();
    const signal = AbortSignal.any([making.signal, leaving.signal]);
    working(true);
    try {
      say(await onMake(fields, signal));
    } catch (problem) {
      if (leaving.signal.aborted) return;
      if (problem.name === "AbortError") say("Cancelled; nothing was kept.");
      else say(problem.message, true);
    } finally {
      working(false);
    }
  }

  function working(on) {
    const hadFocus = element.getRootNode().activeElement === maker;
    maker.disabled = on;
    maker.textContent = on ? busyWords : make;
    find(".export-under").hidden = !on;
    find(".export-stop").hidden = !stoppable;
    find(".export-progress").removeAttribute("value");
    find(".export-left").textContent = "";
    panel.setAttribute("aria-busy", String(on));
    if (on) say("");
    else if ((hadFocus || !element.getRootNode().activeElement) && !panel.hidden) maker.focus();
  }

  function say(text, failed = false) {
    find(".problem").textContent = failed ? text : "";
    find(".problem").hidden = !failed || !text;
    find(".export-said").textContent = failed ? "" : text;
  }

  return {
    close,
    /** How far it is: progress from 0 to 1, and in words. */
    told({ progress, words }) {
      find(".export-progress").value = progress;
      find(".export-left").textContent = words;
    },
    remove() {
      leaving.abort(new DOMException("", "AbortError"));
      element.replaceChildren();
    },
  };
}

function rowOf({ name, text, type, options = [], low, high, value = "", on = false }, id) {
  const row = Object.assign(document.createElement("label"), { className: type === "switch" ? "export-row export-check" : "export-row" });
  const words = Object.assign(document.createElement("span"), { id, textContent: text });
  const field = document.createElement(type === "choice" ? "select" : "input");
  field.name = name;
  if (type === "choice") field.append(...options.map(([each, said]) => new Option(said, each)));
  if (type === "number") Object.assign(field, { type: "number", min: low, max: high, value, required: true });
  if (type === "switch") Object.assign(field, { type: "checkbox", checked: on });
  else field.setAttribute("aria-labelledby", id);
  field.className = { choice: "field", number: "field figure", switch: "" }[type];
  row.append(...(type === "switch" ? [field, words] : [words, field]));
  return row;
}

/** The size of a file in words. */
export function sizeWords(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
