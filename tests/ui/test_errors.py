"""What a visitor typed is shown, never acted on."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from ui.errors import plain, quoted


def test_markdown_and_html_are_shown_as_they_are() -> None:
    def script() -> None:
        from ui.errors import show_problem

        show_problem("**bold** <b>", "[a](http://x) :material/home: $x$", "`code` # no ![p](q)")

    app = AppTest.from_function(script).run()
    text = app.error[0].value.removeprefix("**").replace("**  \n", "  \n")
    assert re.search(r"(?<!\\)[*<>\[\]:$`#!]", text) is None, f"something would be acted on in {text}"


def test_plain_leaves_words_alone() -> None:
    assert plain("7 words, and 3.5 more") == "7 words, and 3.5 more"


def test_quoted_drops_what_cannot_be_seen_and_shortens() -> None:
    assert quoted("a\u202eb\x00c\n") == "“abc”"
    assert len(quoted("x" * 5_000)) == 82
