// What a button did, said where the hand is: on the button, which keeps its width, and in a note below it that lies over the
// page. Nothing moves under the hand; a click goes through the note to what it covers.

const SAID_MS = 2500;
const READ_MS = 60; // for a letter of a note
const APART = 6; // CSS pixels between button and note

const said = new WeakMap(); // button -> {words: its own, later}

/** The button says `words` for a moment, as wide as it was. */
export function sayOn(button, words) {
  const before = said.get(button);
  clearTimeout(before?.later);
  const own = before?.words ?? button.textContent;
  button.style.minWidth = `${button.getBoundingClientRect().width}px`;
  button.textContent = words;
  const later = setTimeout(() => {
    said.delete(button);
    button.textContent = own;
  }, SAID_MS);
  said.set(button, { words: own, later });
}

let noted = null; // {note, later}

/** A note below `button`, as long as reading takes; the next one takes its place. */
export function noteAt(button, words) {
  forget();
  const note = Object.assign(document.createElement("p"), { className: "note-at", popover: "manual" });
  note.setAttribute("role", "status");
  button.after(note);
  note.showPopover?.();
  note.textContent = words; // after it is there: only then it is read out
  place(note, button.getBoundingClientRect());
  noted = { note, later: setTimeout(forget, SAID_MS + READ_MS * words.length) };
}

function place(note, { left, right, bottom, top }) {
  const { offsetWidth: width, offsetHeight: height } = note;
  const low = bottom + APART + height > window.innerHeight;
  const across = Math.max(APART, Math.min((left + right - width) / 2, window.innerWidth - width - APART));
  Object.assign(note.style, { left: `${across}px`, top: `${low ? top - APART - height : bottom + APART}px` });
}

function forget() {
  clearTimeout(noted?.later);
  noted?.note.remove();
  noted = null;
}
