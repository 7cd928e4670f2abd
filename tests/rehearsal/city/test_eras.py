from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.rules.eras import wire_date
from fukuhon.rules.text import kana
from rehearsal.city.eras import coded, coded_month, coded_text, dotted, dotted_month, dotted_text
from rehearsal.city.halfwidth import half_width
from rehearsal.city.names import FAMILIES, GIVEN

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2019, 4, 30))


def column(*texts: str | None) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Days of numpy."""
    return np.array([text or "NaT" for text in texts], dtype="datetime64[D]")


def test_days_by_their_era_with_and_without_points() -> None:
    """The last day of an era and the first of the next; no day is null."""
    days = column("1912-07-29", "1926-12-25", "1989-01-07", "1989-01-08", "2017-04-01", None)
    assert dotted(days).to_pylist() == ["M45.07.29", "S01.12.25", "S64.01.07", "H01.01.08", "H29.04.01", None]
    assert coded(days).to_pylist() == ["1450729", "3011225", "3640107", "4010108", "4290401", None]
    assert dotted_month(days)[-2:].to_pylist() == ["H29.04", None]
    assert coded_month(days)[-2:].to_pylist() == ["42904", None]


def test_what_is_unknown_is_written_as_zeros() -> None:
    """The day; the month too; everything, where a system says so."""
    days = column("1980-05-06", "1980-05-06", "1980-05-06")
    assert dotted(days[:2], np.array([1, 2])).to_pylist() == ["S55.05.00", "S55.00.00"]
    assert coded(days, np.array([1, 2, 3])).to_pylist() == ["3550500", "3550000", "0000000"]


@given(DAYS)
def test_the_registration_rules_read_them_back(day: date) -> None:
    """What a system writes, ``wareki_date`` reads as the same day."""
    text = str(day)
    assert wire_date(dotted_text(text)) == text
    assert wire_date(coded_text(text)) == text


def test_every_name_survives_half_width_and_back() -> None:
    """The 福祉総合システム's kana, widened by the rules, are the register's."""
    for name in (*FAMILIES, *GIVEN):
        narrow = half_width(name)
        assert len(narrow.encode("cp932")) == len(narrow)
        assert kana(narrow) == name
    assert half_width("ゴトウ　パン") == "ｺﾞﾄｳ ﾊﾟﾝ"
    assert isinstance(dotted(column("2017-04-01")), pa.Array)
