"""Which web pages may open the live socket."""

from __future__ import annotations

import pytest

from live.origin import origin_allowed, other_origins

NOBODY_ELSE = other_origins("")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "localhost:8501"),
        ("http://localhost:8501", "localhost:8501"),
        ("http://LOCALHOST:8501", "localhost:8501"),
        ("http://[::1]:8501", "[::1]:8501"),
        ("https://demo.example.org", "demo.example.org"),
        ("https://demo.example.org:443", "demo.example.org"),
        ("https://demo.example.org", "demo.example.org:443"),
        ("http://demo.example.org", "demo.example.org:80"),
    ],
)
def test_the_own_page_and_clients_that_are_no_page_are_let_in(origin: str | None, host: str) -> None:
    assert origin_allowed(origin, host, NOBODY_ELSE)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "localhost:8501"),
        ("http://localhost:8502", "localhost:8501"),
        ("http://localhost", "localhost:8501"),
        ("http://localhost:8501.evil.example", "localhost:8501"),
        ("http://localhost:8501@evil.example", "localhost:8501"),
        ("http://evil.example/localhost:8501", "localhost:8501"),
        ("http://notlocalhost:8501", "localhost:8501"),
        ("null", "localhost:8501"),
        ("", "localhost:8501"),
        ("file://", "localhost:8501"),
        ("http://[::1", "localhost:8501"),
        ("http://localhost:99999", "localhost:99999"),
        ("http://localhost:8501", None),
    ],
)
def test_a_foreign_page_is_refused(origin: str, host: str | None) -> None:
    assert not origin_allowed(origin, host, NOBODY_ELSE)


def test_the_setting_lets_further_pages_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_EXPLORER_ORIGINS", "https://demo.example.org, http://localhost:3000")
    others = other_origins()
    assert origin_allowed("https://demo.example.org", "inner:8501", others)
    assert origin_allowed("http://localhost:3000", "localhost:8501", others)
    assert not origin_allowed("http://demo.example.org", "inner:8501", others)
    assert not origin_allowed("http://localhost:3001", "localhost:8501", others)


def test_a_setting_that_is_no_origin_says_so() -> None:
    with pytest.raises(ValueError, match=r"LATENT_EXPLORER_ORIGINS holds 'example.org'; an origin is scheme"):
        other_origins("example.org")
