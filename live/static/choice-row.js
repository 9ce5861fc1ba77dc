// One of several, as a row of buttons (a radio group: Tab reaches it, the arrow keys go through it), or as a list where
// there are many.

const MANY = 12; // more are a list
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * A choice in `element`. `offer(options)` takes [{value, text, title}...]; `show(value)` marks one; the hand's choice
 * calls onChoose(value, event). An element without two options hides itself.
 */
export function createChoice(element, { label, onChoose }) {
  let offered = [];
  let shown = null;
  let parts = [];

  function buttons() {
    element.setAttribute("role", "radiogroup");
    element.ariaLabel = label;
    parts = offered.map(({ value, text, title = "" }, index) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: text, title, role: "radio" });
      button.onclick = (event) => choose(value, event);
      button.onkeydown = (event) => pressed(index, event);
      return button;
    });
    element.replaceChildren(...parts);
  }

  function list() {
    element.removeAttribute("role");
    const select = document.createElement("select");
    select.className = "field";
    select.ariaLabel = label;
    select.append(...offered.map(({ value, text }) => new Option(text, String(value))));
    select.onchange = (event) => choose(offered[select.selectedIndex].value, event);
    parts = [select];
    element.replaceChildren(select);
  }

  function pressed(index, event) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = (index + step + offered.length) % offered.length;
    parts[next].focus();
    choose(offered[next].value, event);
  }

  function choose(value, event) {
    if (value === shown) return;
    choice.show(value);
    onChoose(value, event);
  }

  const choice = {
    offer(options) {
      offered = options;
      shown = null;
      element.hidden = options.length < 2;
      element.classList.add("choice-row");
      if (options.length > MANY) list();
      else buttons();
    },
    show(value) {
      if (value === shown) return;
      shown = value;
      if (offered.length > MANY) parts[0].value = String(value);
      else parts.forEach((button, index) => mark(button, offered[index].value === value));
    },
  };
  return choice;
}

function mark(button, chosen) {
  button.ariaChecked = String(chosen);
  button.tabIndex = chosen ? 0 : -1;
}
