// The chosen sample, large, beside the training image nearest to it: is it a copy? And the ways on from here.

import { createPicture } from "../picture.js";

/**
 * In `element`. `picture(row)` gives the address of a stored image, `open(page)` goes to another page with the sample.
 * Gives back {show({number, pixels, shape, index}), usual(words), near(found), remark(text), none()}.
 */
export function createChosen(element, { picture, open }) {
  const find = (selector) => element.querySelector(selector);
  const own = createPicture(find(".chosen-picture canvas"));
  const other = createPicture(find(".near-picture canvas"));
  element.querySelectorAll("[data-open]").forEach((button) => (button.onclick = () => open(button.dataset.open)));

  function caption(text) {
    find(".near-picture figcaption").textContent = text;
  }

  return {
    /** The sample's picture, number `number` of the draws. */
    show({ number, pixels, shape, index, label }) {
      element.classList.remove("none");
      find(".chosen-picture figcaption").textContent = `Sample ${number}${label === null ? "" : `, class ${label}`}`;
      own.draw(pixels, shape, index);
    },
    usual(words) {
      find(".usual").textContent = words;
    },
    /** The nearest training image: {pixels, shape, index, row, words}. */
    near({ pixels, shape, index, row, words }) {
      find(".near-picture canvas").hidden = false;
      find(".near-picture img").hidden = true;
      other.draw(pixels, shape, index);
      caption(`Nearest training image, row ${row}`);
      find(".copy").textContent = words;
      find(".copy").classList.toggle("warned", words.startsWith("Perhaps"));
    },
    /** Where the training images are not here: the nearest stored image stands in, and `words` say so. */
    stored(row, words) {
      const image = find(".near-picture img");
      find(".near-picture canvas").hidden = true;
      Object.assign(image, { hidden: false, src: picture(row), alt: `Stored image ${row}` });
      caption(`Nearest stored image, ${row}`);
      find(".copy").textContent = words;
      find(".copy").classList.remove("warned");
    },
    /** While it is looked for, or where nothing can be compared. */
    remark(words) {
      find(".near-picture img").hidden = true;
      find(".near-picture canvas").hidden = false;
      other.clear();
      caption("Nearest training image");
      find(".copy").textContent = words;
      find(".copy").classList.remove("warned");
    },
    none() {
      element.classList.add("none");
    },
  };
}
