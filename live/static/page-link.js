// The page's own link, kept in step with what is on the screen: parameters are replaced, no history entry is added.

import { noteAt, sayOn } from "./said-there.js";

// `page`: the page whose link it is, such as "map"; when the visitor has left it meanwhile, nothing is written.
// `changes`: {name: text, or null to take the parameter away}. Gives back whether the visitor is on the page.
export function replaceLink(page, changes) {
  const link = new URL(window.location.href);
  if (!link.pathname.endsWith(`/${page}`)) return false;
  for (const [name, text] of Object.entries(changes)) {
    if (text === null) link.searchParams.delete(name);
    else link.searchParams.set(name, text);
  }
  link.search = link.search.replaceAll("%2C", ",");
  if (link.href !== window.location.href) window.history.replaceState(window.history.state, "", link);
  return true;
}

const GOING_MS = 5000; // by then the other page is open, or will not be
let stay = () => {};

// Going to another page with parameters, Streamlit 1.67 first writes them behind the address of the page that is left, as an
// entry of its own, so that Back would bring that page once more, with what belongs to the other. No such entry is made: the
// page keeps its one entry and its own address.
export function keepAddress(page) {
  stay();
  const { history, location } = window;
  const own = location.href;
  const push = history.pushState;
  let over = false;
  function pushed(state, title, address) {
    const goes = !new URL(address ?? own, own).pathname.endsWith(`/${page}`);
    if (goes) stay();
    if (goes || over) return push.call(history, state, title, address);
    return history.replaceState(state, title, own);
  }
  history.pushState = pushed;
  const leaving = setTimeout(() => stay(), GOING_MS);
  stay = () => {
    over = true;
    clearTimeout(leaving);
    if (history.pushState === pushed) history.pushState = push;
    stay = () => {};
  };
}

// Copies an address (the page's own, unless another is given) and says on the button that was pressed how that went; `more`
// is said beside it, as is where the link stands when the browser refuses. Gives back whether it was copied.
export async function copyLink(button, { address = window.location.href, done = "Copied", more = "" } = {}) {
  const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
  if (copied) sayOn(button, done);
  const words = copied ? more : "The browser does not let the page copy. The address bar has the same link: copy it there.";
  if (words) noteAt(button, words);
  return Boolean(copied);
}

// A latent as a link carries it where four decimals are enough (a place on the map), commas between.
export function latentText(latent) {
  return Array.from(latent, (value) => (Math.round(value * 1e4) / 1e4 || 0).toString()).join(",");
}

// A latent as a link carries it bit for bit: for each number the fewest digits that read back as the same float32.
export function exactLatentText(latent) {
  return Array.from(Float32Array.from(latent), shortest).join(",");
}

function shortest(value) {
  for (let digits = 1; digits < 9; digits++) {
    const number = Number(value.toPrecision(digits));
    if (Math.fround(number) === value) return String(number || 0);
  }
  return String(Number(value.toPrecision(9)) || 0); // nine digits tell any two float32 apart
}
