"""Problems said in words: what is wrong, and the way out."""

from __future__ import annotations

import re
import unicodedata

import streamlit as st

LONGEST_QUOTE = 80
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:^&-])")


def plain(text: str) -> str:
    """The text with every character that Markdown would act on escaped, so that it is shown as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def quoted(name: str) -> str:
    """The name as something that a person typed: without control characters, shortened, in quotation marks.

    It comes from the address bar or from a file name: whatever it holds is shown, never acted on.
    """
    visible = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    if len(visible) > LONGEST_QUOTE:
        visible = visible[: LONGEST_QUOTE - 1] + "…"
    return f"“{visible}”"


def show_problem(title: str, text: str, way_out: str) -> None:
    """Draws a problem: a title, what is wrong, what to do. All three are shown as plain text."""
    st.error(f"**{plain(title)}**  \n{plain(text)}  \n{plain(way_out)}", icon=":material/error:")
