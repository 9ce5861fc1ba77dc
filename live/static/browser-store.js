// What belongs to a person stays in their browser: one JSON value per key. A browser that refuses (private mode, full)
// keeps it until the page is left.

const PREFIX = "latent-explorer/";

/** What lasts as long as the browser's tab; null where a browser refuses it: then it lasts as long as the page. */
export function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** {read, write} of one key, kept with the weights' hash in it so that another model's things are never taken for it. */
export function browserStore(key, storage = window.localStorage) {
  let held = null;
  return {
    read() {
      try {
        return JSON.parse(storage.getItem(PREFIX + key)) ?? held;
      } catch {
        return held;
      }
    },
    /** Gives back whether it will outlive the page. */
    write(value) {
      held = value;
      try {
        storage.setItem(PREFIX + key, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
  };
}
