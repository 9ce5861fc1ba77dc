"""The words of the Anatomy page: both languages complete, and every key of the modules there and used."""

from __future__ import annotations

import importlib
import json
import re
from functools import cache
from pathlib import Path

import pytest

from live.answers import STATUS

FOLDER = Path(__file__).resolve().parents[2] / "live" / "static" / "anatomy"
CHAPTERS = ["machine", *(f"chapter-{number}" for number in range(1, 9))]
FRAME = {"title", "short", "lead"}  # of each chapter, written by chapters.js
MAY_SAY = {"no-image"}  # of a chapter that takes no image
CHINESE = re.compile(r"[一-鿿]")
ASKED = re.compile(r"""\bsay\(\s*["']([^"']+)["']|data-(?:say|title|label|placeholder)=\\?["']([^"'$]+)["']""")
QUOTED = re.compile(r"""["'`]([a-z0-9]+(?:-[a-z0-9]+)*)["'`]""")
# words that may be the same in both languages: symbols, and names that Chinese writes in Latin letters
NAMES = re.compile(r"\b(?:ELBO|KL|VAE|IWAE|Adam|MNIST|log|exp)\b")


def may_be_the_same(text: str) -> bool:
    return not re.search(r"[A-Za-z]{2,}", NAMES.sub("", re.sub(r"\{\w+\}", "", text)))


@cache
def texts(part: str) -> dict[str, dict[str, str]]:
    return json.loads((FOLDER / "texts" / f"{part}.json").read_text(encoding="utf-8"))


def modules(part: str) -> str:
    """The source of the modules that speak with a part's words."""
    if part == "common":
        return "".join(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.js")))
    names = sorted({*FOLDER.glob(f"{part}.js"), *FOLDER.glob(f"{part}-*.js")})
    return "".join(file.read_text(encoding="utf-8") for file in names)


def asked(source: str) -> set[str]:
    return {first or second for first, second in ASKED.findall(source)}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("part", ["common", "errors", *CHAPTERS])
def test_both_languages_say_everything_with_the_same_placeholders(part: str) -> None:
    for key, entry in texts(part).items():
        assert set(entry) == {"en", "zh"}, f"{part}: {key} needs exactly en and zh"
        assert entry["en"].strip() and entry["zh"].strip(), f"{part}: {key} is empty"
        assert placeholders(entry["en"]) == placeholders(entry["zh"]), f"{part}: {key} has other placeholders"
        assert not CHINESE.search(entry["en"]), f"{part}: {key} holds Chinese in its English"
        chinese = CHINESE.search(entry["zh"]) or (entry["en"] == entry["zh"] and may_be_the_same(entry["en"]))
        assert chinese, f"{part}: {key} holds no Chinese in its Chinese"


@pytest.mark.parametrize("part", CHAPTERS)
def test_every_word_that_a_chapter_asks_for_is_there(part: str) -> None:
    missing = (asked(modules(part)) | FRAME) - set(texts(part)) - set(texts("common"))
    assert not missing, f"{part}.json lacks {sorted(missing)}"


def test_the_page_around_the_chapters_finds_its_words() -> None:
    chapters = {file for part in CHAPTERS for file in [*FOLDER.glob(f"{part}.js"), *FOLDER.glob(f"{part}-*.js")]}
    around = "".join(file.read_text(encoding="utf-8") for file in set(FOLDER.glob("*.js")) - chapters)
    assert asked(around) - FRAME <= set(texts("common"))


@pytest.mark.parametrize("part", ["common", *CHAPTERS])
def test_no_word_is_left_over(part: str) -> None:
    source = modules(part)
    used = asked(source) | set(QUOTED.findall(source)) | (FRAME | MAY_SAY if part != "common" else set())
    assert not set(texts(part)) - used, f"{part}.json has words that nothing says: {sorted(set(texts(part)) - used)}"


@pytest.mark.parametrize("part", CHAPTERS)
def test_what_a_chapter_names_as_its_source_is_there(part: str) -> None:
    module = (FOLDER / f"{part}.js").read_text(encoding="utf-8")
    named = re.search(r"export const sources = \{(.*?)\};", module, re.DOTALL)
    assert named, f"{part}.js exports no sources"
    assert re.search(r'\[\s*"[^"]+",\s*"https://', named[1]), f"{part}.js links no paper"
    functions = re.findall(r'"(vae_core\.[\w.]+)"', named[1])
    assert functions, f"{part}.js names no function of vae_core"
    for name in functions:
        module_name, _, function = name.rpartition(".")
        assert callable(getattr(importlib.import_module(module_name), function)), f"{name} is no function"


# reasons of other pages: nothing on this one asks for a map, a run, a group or a name
ELSEWHERE = re.compile(
    r"map|run$|group|direction|names|notes|column|file|source|order|placed|encoded|rows|read-only|meanwhile"
)


def test_every_refusal_that_the_page_may_meet_has_a_sentence_in_each_language() -> None:
    """In English the server's own stands on the page, in Chinese that of its reason."""
    reasons = {reason for reason in STATUS if not ELSEWHERE.search(reason)}
    browsers_own = {"connection-lost", "too-many-lanes", "no-likelihood", "cancelled", "other"}
    assert set(texts("errors")) == reasons | browsers_own


def test_the_fixed_words_of_the_image_panel_are_all_known() -> None:
    """The panel is shared with other pages and written in English; what else it offers there is not on this one."""
    markup = (FOLDER.parent / "chooser" / "markup.js").read_text(encoding="utf-8")
    markup = re.sub(r'<div data-body="shelf".*?</div>\n  </div>', "", markup, flags=re.DOTALL).split("chooserMarkup")[1]
    texts_of = re.findall(r">([^<>${}`=]+)<", markup) + re.findall(r'(?:aria-label|alt)="([^"$]+)"', markup)
    shown = {text.strip() for text in texts_of if re.search("[A-Za-z]", text)}
    shown -= {"Take the drawing", "Pictures from other pages"}
    words = (FOLDER / "chooser-words.js").read_text(encoding="utf-8")
    known = {first or second for first, second in re.findall(r'(?:"([^"]+)"|\b(\w+)): "[a-z-]+"', words)}
    assert len(shown) > 20 and shown <= known, f"without a word in Chinese: {sorted(shown - known)}"


def test_a_missing_word_and_a_word_left_over_are_seen() -> None:
    source = (
        """const a = say("here"); const b = `<p data-say="there" data-title='too'></p>`; table = { x: "in-a-table" };"""
    )
    assert asked(source) == {"here", "there", "too"}
    assert "in-a-table" in QUOTED.findall(source)
    assert may_be_the_same("β = {beta}") and may_be_the_same("log p(x)") and not may_be_the_same("A reconstruction")
