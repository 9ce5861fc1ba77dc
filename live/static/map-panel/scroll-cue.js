// A shade at the lower edge of what scrolls, as long as there is more below.

/** Keeps the class "more-below" on `element` right until the signal. */
export function cueScrolling(element, signal) {
  const look = () => element.classList.toggle("more-below", element.scrollHeight - element.scrollTop - element.clientHeight > 4);
  const resized = new ResizeObserver(look);
  for (const each of [element, ...element.children]) resized.observe(each);
  element.addEventListener("scroll", look, { signal });
  signal.addEventListener("abort", () => resized.disconnect());
}
