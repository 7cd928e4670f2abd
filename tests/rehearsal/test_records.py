"""Ten thousand generated records a dataset: each planted fault is found for its own reason, no clean record is held."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fukuhon.layouts import DatasetLayout, load_pack
from fukuhon.quality import Suite, judge
from fukuhon.quality.base import base_rules
from rehearsal.records import clean_records, key_of, planted

PACKS = Path(__file__).parents[2] / "include" / "layouts"
ROWS = 10_000
LAYOUTS = [layout for pack in sorted(PACKS.iterdir()) for layout in load_pack(pack).datasets]


def found(layout: DatasetLayout, records: object, folder: Path) -> dict[int, list[str]]:
    """What the layout's rules find, by row number: the reasons in the quarantine."""
    suite = Suite(layout.code, base_rules(layout))
    verdict = judge([records], suite, as_of=date(2017, 5, 8), work=folder)  # type: ignore[list-item]
    held = pq.read_table(verdict.quarantine, columns=["row_no", "reasons"])
    return dict(zip(held["row_no"].to_pylist(), held["reasons"].to_pylist(), strict=True))


def test_there_are_twelve_datasets_in_eight_and_one_is_wide() -> None:
    """Sample packs of our own: several datasets, repeated groups, 250 items."""
    now = [layout for layout in LAYOUTS if layout.version == "2017.1"]
    assert len(now) >= 12
    assert len({layout.spi for layout in now}) >= 8
    assert max(len(layout.items) for layout in now) == 250
    assert any(item.occurrence == 12 for layout in now for item in layout.items)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.version}-{layout.code}")
def test_every_fault_is_found_for_its_own_reason_and_no_clean_record_is_held(
    layout: DatasetLayout, tmp_path: Path
) -> None:
    """One fault for each base check of the layout, among ten thousand records."""
    records, faults = planted(layout, clean_records(layout, ROWS))
    assert found(layout, records, tmp_path) == {fault.row_no: [fault.rule] for fault in faults}
    assert {fault.rule for fault in faults} == {rule.id for rule in base_rules(layout)}


def test_keys_are_what_their_pattern_says_and_differ() -> None:
    """Counted through the alphabet of each place."""
    assert [key_of("K[0-9A-Z]{3}", number) for number in (0, 9, 36)] == ["K000", "K009", "K010"]
    with pytest.raises(ValueError, match="not simple"):
        key_of("(a|b)", 1)
