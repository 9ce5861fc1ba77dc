// The samples as a ZIP: PNG files and a manifest that says how each was made.

import { address, answerOf } from "../live-fetch.js";
import { packedLatents } from "../packed.js";

const FREE_MS = 60_000; // until the browser has certainly begun to write the file

/** Downloads the samples; `latents` float32, one after the other, the rest as docs/live-protocol.md says. */
export async function saveSamples({ model, weights, latents, ...facts }) {
  const body = JSON.stringify({ latents: packedLatents(latents), ...facts });
  const answer = await answerOf(address("samples", [model, weights]), { method: "POST", body });
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "samples.zip";
  const place = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href: place, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(place), FREE_MS);
}
