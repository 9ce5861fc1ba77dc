// What a visitor held last on each page, so that the next page can offer it. It stays in the browser's tab, by the model's weights.

import { browserStore, tabStorage } from "./browser-store.js";

export const PAGE_NAMES = { sliders: "Sliders", map: "Map", morph: "Morph", attributes: "Attributes", generate: "Generate", repair: "Repair", odd: "Odd ones" };
const OFFERED = 3;

const storeOf = (weights) => browserStore(`${weights}/last-places`, tabStorage());

/** place: {row} for a stored image as it is, else {latent, label: of a conditional model, or null}. What is held at the beginning of a visit is no news: do not call it then. */
export function leavePlace(page, weights, { row = null, latent = null, label = null }) {
  const others = (storeOf(weights).read() ?? []).filter((place) => place.page !== page);
  const place = row === null ? { page, latent: Array.from(latent), label } : { page, row };
  storeOf(weights).write([place, ...others]);
}

/** What was held on other pages, the latest first; what two of them hold is offered once, and not what this page held itself. */
export function lastPlaces(weights, page) {
  const places = storeOf(weights).read() ?? [];
  const named = (place) => JSON.stringify({ ...place, page: null });
  const seen = new Set(places.filter((place) => place.page === page).map(named));
  const others = places.filter((place) => {
    const what = named(place);
    const isNew = place.page !== page && place.page in PAGE_NAMES && !seen.has(what);
    seen.add(what);
    return isNew;
  });
  return others.slice(0, OFFERED);
}
