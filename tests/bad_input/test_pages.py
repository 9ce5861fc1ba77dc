"""Pages whose link or model is no good."""

from __future__ import annotations

import pytest

from tests.bad_input.rows import phrases, rows
from tools.running_app import RunningApp

PAGE_ROWS = [tried for tried, (where, _) in rows().items() if where.startswith("`/")]


@pytest.mark.parametrize("tried", PAGE_ROWS)
def test_a_page_says_what_is_wrong(tried: str, server: RunningApp, page) -> None:
    address = rows()[tried][0].strip("`")
    page.goto(server.url + address)
    for phrase in phrases(tried):
        page.get_by_text(phrase).first.wait_for(timeout=120_000)  # a worker may have to start
    assert "Traceback" not in page.inner_text("[data-testid='stMain']")
    assert page.url.startswith(server.url + address.split("&")[0])
