// What the Repair page shows, as its link carries it, and back:
//
//   image=12  or  z=… (a picture of one's own, as its latent)   noise=gaussian  strength=0.3  seed=4  hole=…  keep=0  show=fit  class=3
//
// A link is read with suspicion: what cannot be used is left out and said in a sentence.

import { holeOf, latentOf } from "./bits.js";

export const START = { noise: "gaussian", strength: 0.3, seed: 0, keep: null, show: "reconstruction" };

const CLEAN = ["none", "missing", "occlusion"]; // what such damage leaves visible is as it was

/** Whether visible pixels stay as they are: what the visitor chose, else only where they are not noisy themselves. */
export const keepsVisible = ({ keep, noise }) => keep ?? CLEAN.includes(noise);

/** {row, latent, noise, strength, seed, hole, keep, show, label (null where the link names no class), problems}; facts: {images, shape, latent_dim, kinds, classes, weights, model}; another: whether it tells of another model's weights. */
export function readLink(search, facts, another = false) {
  const link = new URLSearchParams(search);
  const problems = [];
  const given = (name) => link.get(name);
  const pixels = facts.shape[1] * facts.shape[2];
  const found = { ...START, row: null, latent: null, hole: new Uint8Array(pixels), label: null, problems };
  const weights = given("weights");
  if (weights && weights !== facts.weights && !another) problems.push(`The link was made with other weights of ${facts.model}: the model was trained again since, so the pictures differ.`);
  if (given("z") !== null) {
    found.latent = latentOf(given("z"), facts.latent_dim);
    if (!found.latent) problems.push(`The link's z is no latent of ${facts.latent_dim} numbers within ±10,000; it is left aside.`);
  }
  if (given("image") !== null && !found.latent) {
    const row = /^\d{1,9}$/.test(given("image")) ? Number(given("image")) : -1;
    if (row >= 0 && row < facts.images) found.row = row;
    else problems.push(`The link's image is "${given("image").slice(0, 12)}"; ${facts.images ? `images run from 0 to ${facts.images - 1}` : "this model has no stored images"}. It is left aside.`);
  }
  if (given("noise") !== null) {
    if (facts.kinds.includes(given("noise"))) found.noise = given("noise");
    else problems.push(`The link's noise is "${given("noise").slice(0, 20)}"; it must be one of ${facts.kinds.join(", ")}. ${found.noise} is taken.`);
  }
  const number = (name, fits, words) => {
    if (given(name) === null) return;
    if (given(name) !== "" && fits(Number(given(name)))) found[name] = Number(given(name));
    else problems.push(`The link's ${name} is "${given(name).slice(0, 12)}"; it must be ${words}. ${found[name]} is taken.`);
  };
  number("strength", (value) => value >= 0 && value <= 1, "from 0 to 1");
  number("seed", (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 31, "a whole number from 0 on");
  if (given("hole")) {
    const hole = holeOf(given("hole"), pixels);
    if (hole) found.hole = hole;
    else problems.push("The link's hole is of another picture size; it is left aside.");
  }
  if (["0", "1"].includes(given("keep"))) found.keep = given("keep") === "1";
  if (given("show")) found.show = given("show");
  if (facts.classes.length && /^\d{1,4}$/.test(given("class") ?? "") && Number(given("class")) < facts.classes.length) found.label = Number(given("class"));
  return found;
}
