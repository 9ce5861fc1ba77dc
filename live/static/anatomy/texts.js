// The page's words in two languages: texts/*.json, each {key: {en, zh}} with placeholders in braces.

export const LANGUAGES = { en: "English", zh: "中文" };
export const PARTS = ["common", "errors", "machine", ...Array.from({ length: 8 }, (_, at) => `chapter-${at + 1}`)];

/** All catalogues by their part, such as {common: {...}, "chapter-1": {...}}. Throws an Error with a sentence. */
export async function loadTexts() {
  const found = await Promise.all(PARTS.map(read));
  return Object.fromEntries(PARTS.map((part, at) => [part, found[at]]));
}

async function read(part) {
  const response = await fetch(new URL(`texts/${part}.json`, import.meta.url));
  if (!response.ok) throw new Error("The words of this page could not be read. Reload the page.");
  return response.json();
}

/** say(key, values) of one part: its own words, else the common ones, in the language that `language()` names. */
export function createSay(catalogues, part, language) {
  return (key, values = {}) => {
    const entry = catalogues[part]?.[key] ?? catalogues.common[key];
    if (!entry) return key;
    return entry[language()].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  };
}

const PLACES = { say: "textContent", title: "title", label: "ariaLabel", placeholder: "placeholder" };

/** Writes the words of `root` and all below it: data-say (its text), data-title, data-label (for assistive tools), data-placeholder. */
export function translate(root, say) {
  for (const [name, property] of Object.entries(PLACES)) {
    for (const element of [root, ...root.querySelectorAll(`[data-${name}]`)]) {
      if (element.dataset[name]) element[property] = say(element.dataset[name]);
    }
  }
}
