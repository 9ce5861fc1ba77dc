// The chapters: a tab each; one is open. A chapter's module is fetched when it is first opened, and computes nothing before.

import { createContext } from "./context.js";
import { createSay } from "./texts.js";

export const CHAPTERS = ["machine", ...Array.from({ length: 8 }, (_, at) => `chapter-${at + 1}`)];
const STAND_INS = { "chapter-1": "pair", "chapter-7": "betas" }; // which of the companions decides whether the image takes part
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/**
 * The chapters of `page` (panel.js): {begin, open(name), tell(found, changes), language, words, close}. A module exports
 * chapter(context), which gives back {element, show, hide, image, noise, passed, themed, language, close, leadEnd (what stands
 * after its first words)}, and `sources`:
 * {papers: [[title, address]...], functions: ["vae_core.objectives.elbo"...]}.
 */
export function createChapters(page) {
  const tabs = page.find(".tabs");
  const lesson = page.find(".lesson");
  const saying = (name) => createSay(page.catalogues, name, () => page.language);
  let opened = new Map(); // name -> {chapter, room, seen: {image, noise}}
  let current = null;

  const buttons = CHAPTERS.map((name, index) => {
    const button = Object.assign(document.createElement("button"), { type: "button", role: "tab", id: `tab-${name}` });
    button.dataset.chapter = name;
    button.onclick = () => open(name);
    button.onkeydown = (event) => {
      const step = STEPS[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const next = (index + step + CHAPTERS.length) % CHAPTERS.length;
      buttons[next].focus();
      open(CHAPTERS[next]);
    };
    return button;
  });
  tabs.replaceChildren(...buttons);
  const edges = () => {
    const left = tabs.scrollLeft;
    tabs.classList.toggle("more-before", left > 2);
    tabs.classList.toggle("more-after", left + tabs.clientWidth < tabs.scrollWidth - 2);
  };
  tabs.addEventListener("scroll", edges, { passive: true, signal: page.signal });
  const watching = new ResizeObserver(edges); // where not all tabs fit, the edge fades
  watching.observe(tabs);

  async function open(name) {
    if (current === name) return;
    if (current) leave(current);
    current = name;
    page.link.set("chapter", name === "machine" ? null : name.replace("chapter-", ""));
    mark();
    if (!opened.has(name)) opened.set(name, roomOf(name));
    const place = opened.get(name);
    lesson.replaceChildren(place.room);
    takesImage(name);
    page.section.dataset.chapter = name;
    if (!place.chapter) await build(name, place);
    if (current === name && place.chapter) enter(place);
  }

  function mark() {
    buttons.forEach((button) => {
      const chosen = button.dataset.chapter === current;
      button.ariaSelected = String(chosen);
      button.tabIndex = chosen ? 0 : -1;
    });
    const tab = buttons[CHAPTERS.indexOf(current)];
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
    lesson.setAttribute("aria-labelledby", `tab-${current}`);
  }

  /** A chapter that takes no image, or compares models of other images, says so where the others have theirs: its "no-image". */
  function takesImage(name) {
    const without = "no-image" in page.catalogues[name] && (!(name in STAND_INS) || page.data.companions.elsewhere[STAND_INS[name]]);
    page.section.classList.toggle("imageless", without);
    page.find(".no-image").hidden = !without;
    page.find(".no-image").textContent = without ? saying(name)("no-image") : "";
  }

  function roomOf(name) {
    const room = Object.assign(document.createElement("article"), { className: `chapter ${name}` });
    room.innerHTML = `<header class="lesson-head"><h2></h2><p class="lead"></p></header><div class="lesson-body"></div><footer class="source-line quiet"></footer>`;
    return { room, chapter: null, seen: {} };
  }

  async function build(name, place) {
    const mine = opened;
    try {
      const module = await import(new URL(`${name}.js`, import.meta.url));
      if (mine !== opened || place.chapter) return;
      place.sources = module.sources;
      place.chapter = module.chapter(createContext(page, name));
      place.room.querySelector(".lesson-body").replaceWith(place.chapter.element);
    } catch (problem) {
      console.error(problem);
      const words = Object.assign(document.createElement("p"), { className: "problem", role: "alert", textContent: page.say("chapter-failed") });
      place.room.querySelector(".lesson-body").replaceChildren(words);
    }
    frame(name, place);
  }

  function frame(name, { room, sources, chapter }) {
    const say = saying(name);
    room.querySelector("h2").textContent = say("title");
    room.querySelector(".lead").replaceChildren(say("lead"), ...(chapter?.leadEnd ? [" ", chapter.leadEnd] : []));
    if (sources) room.querySelector(".source-line").replaceChildren(...sourceLine(sources, page.say));
  }

  function enter(place) {
    place.chapter.show?.();
    if (place.stale) repaint(place);
    if (!page.passed || page.imageChanged) return; // it is told when the image has passed through the model
    tellOne(place, page.passed);
  }

  /** Draws what stands on canvases in the colours of now. */
  function repaint(place) {
    place.stale = false;
    place.chapter.themed?.();
  }

  /** Tells the chapter what has changed since it last heard. */
  function tellOne(place, found) {
    const { chapter, seen } = place;
    chapter.passed?.(found);
    if (seen.image !== page.image || seen.label !== page.label) {
      Object.assign(seen, { image: page.image, label: page.label });
      chapter.image?.();
    }
    if (seen.noise !== page.noise) {
      seen.noise = page.noise;
      chapter.noise?.();
    }
  }

  function leave(name) {
    opened.get(name)?.chapter?.hide?.();
  }

  return {
    begin() {
      opened.forEach(({ chapter }) => chapter?.close?.());
      opened = new Map();
      current = null;
      const asked = `chapter-${page.link.get("chapter") ?? ""}`;
      open(CHAPTERS.includes(asked) ? asked : "machine");
    },
    open,
    tell(found) {
      const place = opened.get(current);
      if (place?.chapter) tellOne(place, found);
    },
    themed() {
      opened.forEach((place) => (place.stale = Boolean(place.chapter)));
      if (opened.get(current)?.chapter) repaint(opened.get(current));
    },
    language() {
      takesImage(current);
      opened.forEach((place, name) => {
        frame(name, place);
        place.chapter?.language?.();
        place.stale ||= Boolean(place.chapter) && name !== current; // canvases out of sight are drawn anew when they are seen
      });
    },
    words() {
      buttons.forEach((button) => {
        const say = saying(button.dataset.chapter);
        const number = CHAPTERS.indexOf(button.dataset.chapter);
        button.textContent = number ? `${number} ${say("short")}` : say("short");
        button.title = say("title");
      });
      if (current) mark(); // the open one comes into sight, now that the tabs have their widths
      edges();
    },
    close() {
      watching.disconnect();
      if (current) leave(current);
      opened.forEach(({ chapter }) => chapter?.close?.());
    },
  };
}

function sourceLine({ papers, functions }, say) {
  const links = papers.map(([title, address]) => Object.assign(document.createElement("a"), { href: address, textContent: title, target: "_blank", rel: "noopener" }));
  const names = functions.map((name) => Object.assign(document.createElement("code"), { textContent: name }));
  return [part(say("source"), between(links, "; ")), part(say("computed-by"), between(names, ", "))];
}

function part(words, what) {
  const line = document.createElement("span");
  line.append(`${words} `, ...what);
  return line;
}

const between = (parts, mark) => parts.flatMap((part, at) => (at ? [mark, part] : [part]));
