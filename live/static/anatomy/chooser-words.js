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
  "Previous image": "previous-image", "Next image": "next-image", "Number of the image in the test split": "chooser-number-label",
  "Only images with this label": "chooser-only-label", "A canvas to draw on": "chooser-canvas", Ink: "chooser-ink",
  "The drawing as the model sees it": "chooser-seen", "Another model": "chooser-another", "Row of the other model's image": "chooser-other-row",
  "Your picture as the model sees it": "chooser-seen",
  Fitted: "chooser-fitted", Original: "chooser-original", Reconstruction: "chooser-reconstruction",
};

const NAMED = ["ariaLabel", "alt"]; // words that assistive tools read

/** Finds the fixed words of `panel`; gives back say(language's say), which writes them. */
export function chooserWords(panel) {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const key = KEYS[node.data.trim()];
    if (key) found.push([node, key, node.data.match(/^\s*/)[0], node.data.match(/\s*$/)[0]]);
  }
  const named = [...panel.querySelectorAll("*")].flatMap((element) => NAMED.map((name) => [element, name, KEYS[element[name]]])).filter(([, , key]) => key);
  return (say) => {
    found.forEach(([node, key, before, after]) => (node.data = before + say(key) + after));
    named.forEach(([element, name, key]) => (element[name] = say(key)));
    const any = panel.querySelector(".of-label option[value='']"); // listed later than all else
    if (any) any.textContent = say("chooser-any-label");
  };
}

/** What the panel says itself, in the language of `page`: the server's sentence on a fitted picture is English, with each step. */
export function chooserSpeech(page) {
  return {
    failure: (problem) => page.sentence(problem),
    note: ({ note = "", blank = false }) => (page.language === "en" || !note ? note : page.say(blank ? "chooser-blank" : "chooser-as-trained")),
    reading: (file) => page.say("chooser-reading", { file }),
  };
}
