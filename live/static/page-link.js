// The page's own link, kept in step with what is on the screen: parameters are replaced, no history entry is added.

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

// Going to another page with parameters, Streamlit 1.67 first writes them behind the address of the page that is left, as an
// entry of its own, so that Back would bring that page with what belongs to the other. The entry gets the page's own address.
export function keepAddress(page) {
  const { navigation, history, location } = window; // a browser without `navigation` goes on as Streamlit has it
  const own = location.href;
  const leaving = new AbortController();
  const mend = ({ navigationType: type }) => {
    if (type !== "push") return;
    if (location.pathname.endsWith(`/${page}`)) history.replaceState(history.state, "", own);
    else leaving.abort();
  };
  navigation?.addEventListener("currententrychange", mend, { signal: leaving.signal });
  setTimeout(() => leaving.abort(), GOING_MS);
}

const SAID_MS = 2500;

// Copies an address (the page's own, unless another is given) and says on the button that was pressed how that went: `done`,
// or where the link is when the browser refuses. Gives back whether it was copied.
export async function copyLink(button, { address = window.location.href, done = "Copied" } = {}) {
  const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
  button.textContent = copied ? done : "Copy it from the address bar";
  setTimeout(() => (button.textContent = "Copy link"), SAID_MS);
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
