from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from fukuhon.reports.style import COLOURS, in_japanese


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("text", "muted", "primary") for ground in ("page", "soft", "primary_soft")),
        *((kind, f"{kind}_soft") for kind in ("good", "warn", "bad")),
        *(("text", f"{kind}_soft") for kind in ("good", "warn", "bad")),
        *((kind, "page") for kind in ("good", "warn", "bad")),
        *(("page", kind) for kind in ("good", "warn", "bad", "primary")),
    ],
)
def test_text_can_be_read(text: str, ground: str) -> None:
    """WCAG AA: 4.5 to 1 for every text on its ground."""
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize("line", ["good_line", "warn_line", "bad_line", "strong_line"])
def test_lines_that_mean_something_can_be_seen(line: str) -> None:
    """WCAG AA for what is no text: 3 to 1."""
    assert contrast(COLOURS[line], COLOURS["page"]) >= 3


def test_days_and_instants_as_officers_write_them() -> None:
    """Always in Tokyo, with the day of the week."""
    assert in_japanese(date(2017, 5, 8)) == "2017年5月8日（月）"
    assert in_japanese(datetime(2017, 5, 8, 15, 4, tzinfo=UTC)) == "2017年5月9日（火） 0時04分"
