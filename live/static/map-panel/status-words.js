// What is said of the map: two lines of it, and all when asked.

const QUALITY = "Of the first figure: how few strangers come near on the map (trustworthiness). Of the second: how few neighbours it tears apart (continuity; Venna and Kaski 2001). 1 is perfect.";

/** The words in `root`. Gives back {show(words, whether they judge the map)}; a button unfolds what has no room. */
export function createStatusWords(root, signal) {
  const find = (selector) => root.querySelector(selector);
  const [line, more] = [find(".words"), find(".words-more")];

  function fit() {
    const open = line.classList.contains("all");
    more.hidden = line.hidden || (!open && line.scrollHeight <= line.clientHeight + 1);
    more.textContent = open ? "less" : "more";
    more.ariaExpanded = String(open);
  }

  const resized = new ResizeObserver(fit);
  resized.observe(line);
  signal.addEventListener("abort", () => resized.disconnect());
  more.onclick = () => {
    line.classList.toggle("all");
    fit();
  };
  return {
    show(words, judged) {
      line.textContent = words;
      line.title = judged ? `${words}\n\n${QUALITY}` : words;
      line.classList.remove("all");
      fit();
    },
    fit,
  };
}
