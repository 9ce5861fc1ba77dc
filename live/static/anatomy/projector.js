// The page on the whole screen, in larger type: for a projector.

const WIDTH = 1180; // pixels for which the page is laid out; a wider screen shows it so many times larger
const MOST = 2.4;

/** Wires the button of `page` (panel.js) and gives the page a `projector` with words(). */
export function createProjector(page) {
  const { section, signal } = page;
  const button = page.find(".projector");
  const isOn = () => page.root.fullscreenElement === section || document.fullscreenElement === section;

  function words() {
    button.textContent = page.say(isOn() ? "leave-full-screen" : "full-screen");
    button.title = page.say("full-screen-title");
  }

  function fit() {
    section.classList.toggle("projected", isOn());
    const times = Math.min(Math.max(window.innerWidth / WIDTH, 1), MOST);
    section.style.zoom = isOn() ? times.toFixed(3) : "";
    section.style.setProperty("--screen", isOn() ? `${(window.innerHeight / times).toFixed(1)}px` : "100vh");
    words();
  }

  async function toggle() {
    if (isOn()) await document.exitFullscreen();
    else await section.requestFullscreen().catch(() => page.tell(page.say("no-full-screen")));
  }

  button.hidden = !section.requestFullscreen;
  button.addEventListener("click", toggle, { signal });
  for (const place of [document, page.root]) place.addEventListener("fullscreenchange", fit, { signal });
  window.addEventListener("resize", fit, { signal });
  page.projector = { words };
}
