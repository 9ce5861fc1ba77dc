// The panel that chooses an image is shared with the other pages and speaks English; here its fixed words are said in both languages.

const KEYS = {
  Image: "chooser-image", Draw: "chooser-draw", Upload: "chooser-upload", Prior: "chooser-prior", "Class mean": "chooser-class-mean",
  Mixture: "chooser-mixture", "Other model": "chooser-other", "Image no.": "chooser-number", of: "chooser-of", "Random image": "random-image",
  Clear: "chooser-clear", "Take back a stroke": "chooser-undo", "As the model sees it": "chooser-seen",
  "Draw: each stroke is fitted as the training images were made, encoded and decoded.": "chooser-draw-words",
  "Choose a picture, or drop one here": "chooser-drop", Temperature: "chooser-temperature", "Draw from the prior": "chooser-from-prior",
  "The mean of all encodings of": "chooser-mean-of", "Go there": "chooser-go", "Draw from the mixture": "chooser-from-mixture",
  "A Gaussian mixture fitted to the encodings of the training images: draws are likelier to look real than those of the prior.": "chooser-mixture-words",
  "What": "chooser-what", "makes of its image": "chooser-makes", "Encode it here": "chooser-encode",
  Fitted: "chooser-fitted", Original: "chooser-original", Reconstruction: "chooser-reconstruction",
};

/** Finds the fixed words of `panel`; gives back say(language's say), which writes them. */
export function chooserWords(panel) {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const key = KEYS[node.data.trim()];
    if (key) found.push([node, key, node.data.match(/^\s*/)[0], node.data.match(/\s*$/)[0]]);
  }
  return (say) => {
    found.forEach(([node, key, before, after]) => (node.data = before + say(key) + after));
    const any = panel.querySelector(".of-label option[value='']"); // listed later than all else
    if (any) any.textContent = say("chooser-any-label");
  };
}
