// A file that the page holds, given to the browser to keep.

const KEPT_FOR = 60_000; // ms until the browser has certainly begun to write it

/** Downloads a Blob under a name. */
export function giveBlob(blob, name) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_FOR);
}
