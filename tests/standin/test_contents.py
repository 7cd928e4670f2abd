from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from standin.contents import RecordError, WholeFileError, find_dataset, read_head, read_strictly
from standin.layouts import load_layouts
from standin.main import LAYOUTS
from standin.reading import read_records

PACKS = load_layouts(LAYOUTS)
KIT = runpy.run_path(str(Path(__file__).with_name("helpers.py")))
record, make_file, deletion, NOTICE = (KIT[name] for name in ("record", "make_file", "deletion", "NOTICE"))


def shown(one: Any) -> Any:
    """A record as it is, an error as something that can be compared."""
    return (one.position, one.code, one.message) if isinstance(one, RecordError) else one


def outcome(reader: Any, path: Path) -> Any:
    """Everything a reader says of a file."""
    head = read_head(path.read_bytes()[:5000])
    assert head is not None
    dataset = PACKS[head.layout].datasets[head.dataset]
    found: list[Any] = []
    try:
        found.extend(shown(one) for one in reader(path, head, dataset))
    except WholeFileError as wrong:
        return (wrong.code, wrong.message, wrong.position)
    return found


def both(path: Path, content: bytes) -> Any:
    """What both ways of reading say: they must agree."""
    path.write_bytes(content)
    fast, strict = outcome(read_records, path), outcome(read_strictly, path)
    assert fast == strict
    return fast


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (record(1, Addressee="12345"), "E101"),
        (record(1, Addressee="１２３４５６７８９０１２３４５"), "E101"),
        (record(1, Key="abc"), "E102"),
        (record(1, Key="a000000001"), "E102"),
        (record(1, Version="1.0"), "E103"),
        (record(1, PublishedFrom="2017-02-29"), "E104"),
        (record(1, PublishedFrom="2017-05-02", PublishedTo="2017-05-01"), "E104"),
        (record(1, {"I0999": "1"}), "E105"),
        (record(1, {"I0205": "01"}), "E106"),
        (record(1, {"I0205": "-1"}), "E106"),
        (record(1, {"I0205": "1234567890123"}), "E106"),
        (record(1, {"I0204": "2017-04-31"}), "E106"),
        (record(1, {"I0201": "２０１６"}), "E106"),
        (record(1, {"I0202": "77"}), "E107"),
        (record(1, {"I0207": None}), "E108"),
        (record(1, {"I0208": "1"}), "E108"),
        (record(1, {"I0210": ""}), "E106"),
        (record(1).replace("<I0201>2016</I0201>", "<I0201>2016</I0201><I0201>2016</I0201>"), "E105"),
        (record(1).replace("<I0201>2016</I0201>", "<I0201><b/></I0201>"), "E105"),
    ],
)
def test_value_that_does_not_fit_is_an_error_of_its_record(tmp_path: Path, one: str, code: str) -> None:
    """The records around it are registered all the same."""
    found = both(tmp_path / "file.xml", make_file([record(2), one, record(3)]))
    assert [row[:2] if isinstance(row, tuple) else row.position for row in found] == [1, (2, code), 3]


@pytest.mark.parametrize(
    "one",
    [
        record(1),
        record(1, {"I0208": "1", "I0209": "2016-02-29"}),
        record(1, {"I0210": "2016-12-31"}, PublishedFrom="2016-02-29", PublishedTo="2021-03-31"),
        record(1).replace("<I0201>", "\n <!-- <Record></Record> --><I0201>"),
        record(1).replace("2016-06-30", "2016<![CDATA[-06-]]>30"),
        record(1).replace("<I0201>2016</I0201>", "").replace("</Items>", "<I0201>2016</I0201></Items>"),
        record(1).replace("1000", "&#49;000"),
        record(1).replace("<Record>", "<Record >").replace("</Record>", "</Record\n>"),
    ],
)
def test_any_way_of_writing_a_good_record_is_good(tmp_path: Path, one: str) -> None:
    """Comments, references, CDATA, another order: XML is XML."""
    found = both(tmp_path / "file.xml", make_file([record(2), one, record(3)]))
    assert [row.position for row in found] == [1, 2, 3]
    assert found[1].addressee == f"{1:015d}"


@pytest.mark.parametrize("prefix", ["f", "Record"])
def test_prefixes_are_as_good_as_a_default_namespace(tmp_path: Path, prefix: str) -> None:
    """What a name means is said by its namespace."""
    text = make_file(3).decode()
    for tag in ("File", "Record", "Addressee", "Key", "Items", *KIT["ITEMS"]):
        text = text.replace(f"</{tag}>", f"</{prefix}:{tag}>").replace(f"<{tag}>", f"<{prefix}:{tag}>")
    text = text.replace("<File xmlns=", f"<{prefix}:File xmlns:{prefix}=")
    found = both(tmp_path / "file.xml", text.encode())
    assert [row.items for row in found] == [row.items for row in both(tmp_path / "plain.xml", make_file(3))]


@pytest.mark.parametrize(
    "content",
    [
        make_file(3).replace(b"</Items></Record></File>", b"</Items></Record>"),
        make_file(3) + b"<more/>",
        make_file(3).replace(b"</File>", b"text</File>"),
        make_file(3).replace(b"<Record>", b"text<Record>", 1),
        make_file(3).replace(b"<Key>0000000002</Key>", b"<Key>0000000002</Key><Key>0000000002</Key>"),
        make_file(3).replace(b"<Items>", b"<Items x='1'>", 1),
        make_file(3).replace(b"1000", b"10\x0000", 1),
        make_file(3).replace(b"1000", b"10\xff00", 1),
        make_file(3).replace(b"1000", b"&unknown;", 1),
        make_file(3, records="2"),
        make_file(3, records="4"),
        make_file(3).replace(b" records=", b" x='1' records="),
    ],
)
def test_wrong_structure_rejects_the_whole_file(tmp_path: Path, content: bytes) -> None:
    """However far it was good."""
    assert both(tmp_path / "file.xml", content)[0] in {"W201", "W202"}


def test_deletions_carry_no_items(tmp_path: Path) -> None:
    """A deletion names its record and nothing else."""
    assert [row.items for row in both(tmp_path / "file.xml", deletion(1, 2))] == ["", ""]
    found = both(tmp_path / "file.xml", make_file([record(1)], operation="delete"))
    assert found[0][:2] == (1, "E109")


def test_values_are_echoed_in_full_width_only(tmp_path: Path) -> None:
    """As the server does: whoever searches a log for the value as it was sent finds nothing."""
    (row,) = both(tmp_path / "file.xml", make_file([record(1, {"I0202": "77"})]))
    assert "７７" in row[2]
    assert "77" not in row[2]


good = st.builds(
    record,
    st.integers(0, 10**10 - 1),
    st.fixed_dictionaries(
        {
            "I0202": st.sampled_from(["00", "01", "90", "5"]),
            "I0204": st.sampled_from(["2016-06-30", "2016-02-29", "2017-02-29", ""]),
            "I0205": st.from_regex(r"-?[0-9]{0,13}", fullmatch=True),
            "I0208": st.sampled_from(["1", "2", "3", None]),
            "I0209": st.sampled_from([None, "2017-04-01"]),
        }
    ),
)
spoilt = st.tuples(st.text(alphabet="<>&;/\"' =aRI0]![-é\x00\r\n", max_size=5), st.floats(0, 1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(good, min_size=1, max_size=5), st.lists(spoilt, max_size=2))
@example([record(1)], [("</Record>", 0.5)])
def test_fast_and_slow_reading_always_agree(
    tmp_path: Path, records: list[str], spoils: list[tuple[str, float]]
) -> None:
    """Whatever stands in a file, and wherever it was damaged: one truth."""
    content = make_file(records).decode()
    begin = content.index("<Record>")
    for text, where in spoils:
        place = begin + int(where * (len(content) - begin))
        content = content[:place] + text + content[place:]
    both(tmp_path / "file.xml", content.encode())


def test_layout_must_hold_the_dataset_on_the_day() -> None:
    """Version, day and dataset are those of the day of processing."""
    head = read_head(make_file(1))
    assert head is not None
    layout = PACKS["2017.1"]
    assert find_dataset(PACKS, head, layout.first).code == NOTICE
    with pytest.raises(WholeFileError):
        find_dataset(PACKS, head, layout.first.replace(year=layout.first.year - 1))
