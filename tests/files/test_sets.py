from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from fukuhon.clock import TOKYO
from fukuhon.errors import DataError, FatalError, RetriableError
from fukuhon.files import (
    SIDECAR,
    Caps,
    FileSet,
    Fingerprints,
    Header,
    Split,
    bins,
    plan_split,
    read_file,
    read_header,
    read_manifest,
    read_sidecar,
    sidecar_header,
    verify,
    wire_bytes,
    write_set,
)

AS_OF = datetime(2017, 4, 11, tzinfo=TOKYO)


@pytest.fixture
def prepared(records: Callable[..., pa.Table], key: bytes, header: Header) -> pa.Table:
    """A thousand records of two variations, with their fingerprints."""
    table = records(
        {"I0101": [str(row) for row in range(1000)], "I0102": [None if row % 3 else "あ" for row in range(1000)]},
        variation=["特別徴収" if row % 4 else "普通徴収" for row in range(1000)],
    )
    with Fingerprints(key, header.body, header.spi, header.dataset) as fingerprints:
        return fingerprints.add(table)


def split_of(table: pa.Table, records: int = 300) -> Split:
    """The split of a table under a cap of records."""
    sizes = pa.chunked_array([wire_bytes(batch) for batch in table.to_batches()])
    return plan_split(table["identity_hash"], sizes, Caps(records, 10**9))


def target(folder: Path, header: Header) -> FileSet:
    """Where the set goes."""
    return FileSet(folder, "TK00000200000001-20170411-register", header, AS_OF, "run-1")


def test_a_set_holds_every_record_once(
    tmp_path: Path, prepared: pa.Table, header: Header, valid: Callable[[Path], bool]
) -> None:
    """Files, sidecars and manifests agree with each other and with what was given."""
    entries = write_set(target(tmp_path, header), split_of(prepared), prepared.to_batches(max_chunksize=170))
    assert len(entries) > 3
    read = pa.concat_tables([read_file(entry.file.path, ["I0101", "I0102"]) for entry in entries])
    assert sorted(read["I0101"].to_pylist()) == sorted(prepared["I0101"].to_pylist())
    for entry in entries:
        table, sidecar = read_file(entry.file.path), read_sidecar(entry.sidecar)
        assert verify(entry.manifest_path) == entry.manifest == read_manifest(entry.manifest_path)
        assert sidecar["position"].to_pylist() == list(range(1, len(table) + 1))
        assert sidecar["addressee"].to_pylist() == table["addressee"].to_pylist()
        assert read_header(entry.file.path) == (header, entry.manifest.records)
        assert sum(entry.manifest.variations.values()) == entry.manifest.records == len(table)
        assert entry.file.bytes <= entry.file.path.stat().st_size
        assert valid(entry.file.path)


def test_sidecars_carry_the_fingerprints(tmp_path: Path, prepared: pa.Table, header: Header) -> None:
    """Row for row what was computed before: hash, row number, variation; every row with age, dataset and operation."""
    entries = write_set(target(tmp_path, header), split_of(prepared), prepared.to_batches())
    rows = pa.concat_tables([read_sidecar(entry.sidecar) for entry in entries]).sort_by("row_no")
    assert rows.schema.equals(SIDECAR)
    for name in ("row_no", "addressee", "record_key", "content_hash", "identity_hash", "variation"):
        assert rows[name].equals(prepared[name].cast(rows[name].type)), name
    assert pc.unique(rows["as_of"]).to_pylist() == [AS_OF]
    assert pc.unique(rows["operation"]).to_pylist() == ["register"]
    assert pc.unique(rows["dataset"]).to_pylist() == [header.dataset]
    assert sidecar_header(entries[0].sidecar) == header
    assert "氏名" not in rows.column_names


def test_the_same_records_give_the_same_set(tmp_path: Path, prepared: pa.Table, header: Header) -> None:
    """Names, bytes and hashes, wherever the batches were cut."""
    split = split_of(prepared)
    one = write_set(target(tmp_path / "a", header), split, prepared.to_batches(max_chunksize=99))
    two = write_set(target(tmp_path / "b", header), split, prepared.to_batches())
    assert [entry.manifest for entry in one] == [entry.manifest for entry in two]


def test_files_do_not_depend_on_the_order_read(tmp_path: Path, prepared: pa.Table, header: Header) -> None:
    """A database may begin to read its table anywhere: the files are the same, by identity hash from end to end."""
    turned = pa.concat_tables([prepared.slice(617), prepared.slice(0, 617).sort_by([("I0101", "descending")])])
    split = split_of(prepared)
    one = write_set(target(tmp_path / "a", header), split, prepared.to_batches(max_chunksize=99))
    two = write_set(target(tmp_path / "b", header), split_of(turned), turned.combine_chunks().to_batches())

    assert [(entry.file.path.name, entry.file.sha256) for entry in one] == [
        (entry.file.path.name, entry.file.sha256) for entry in two
    ]
    hashes = pa.concat_tables([read_sidecar(entry.sidecar) for entry in one])["identity_hash"].to_pylist()
    assert hashes == sorted(hashes)


def test_a_large_file_is_put_in_order_bin_by_bin(
    tmp_path: Path, prepared: pa.Table, header: Header, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a file's records were sorted at once or in bins is not to be seen."""
    split = split_of(prepared)
    (at_once, *_) = write_set(target(tmp_path / "a", header), split, prepared.to_batches())
    monkeypatch.setattr(bins, "_BIN_BITS", 12)
    (in_bins, *_) = write_set(target(tmp_path / "b", header), split, prepared.to_batches())
    assert in_bins.manifest == at_once.manifest


@pytest.mark.parametrize("room", [(2**14, 2**26), (2**27, 2**13), (1, 1)])
def test_what_does_not_fit_into_memory_goes_over_the_disk(
    tmp_path: Path, prepared: pa.Table, header: Header, monkeypatch: pytest.MonkeyPatch, room: tuple[int, int]
) -> None:
    """In runs of a few batches, or of one that is larger than all room: the files are the same, and no run is left."""
    split, batches = split_of(prepared), prepared.to_batches(max_chunksize=30)
    in_memory = write_set(target(tmp_path / "a", header), split, batches)
    monkeypatch.setattr(bins, "_TEXT_BYTES", room[0])
    monkeypatch.setattr(bins, "_ROWS_BYTES", room[1])
    monkeypatch.setattr(bins, "_BIN_BITS", 12)
    laid_down = write_set(target(tmp_path / "b", header), split, batches)
    assert [entry.manifest.sha256 for entry in laid_down] == [entry.manifest.sha256 for entry in in_memory]
    assert [read_sidecar(entry.sidecar) for entry in laid_down] == [read_sidecar(entry.sidecar) for entry in in_memory]
    assert {path.suffix for path in (tmp_path / "b").iterdir()} == {".xml", ".parquet", ".json"}


def test_an_identity_that_comes_twice_stays_in_the_order_read(
    tmp_path: Path, prepared: pa.Table, header: Header
) -> None:
    """Equal hashes are told apart by nothing but where they came."""
    twice = pa.concat_tables([prepared, prepared.set_column(0, "row_no", [pa.array(range(1001, 2001))])])
    (entry,) = write_set(target(tmp_path, header), split_of(twice, 2000), twice.to_batches(max_chunksize=170))
    rows = read_sidecar(entry.sidecar)
    hashes, numbers = rows["identity_hash"].to_pylist(), rows["row_no"].to_pylist()
    assert hashes == sorted(hashes)
    assert all(later == earlier + 1000 for earlier, later in zip(numbers[::2], numbers[1::2], strict=True))


def test_a_new_record_changes_one_file(tmp_path: Path, prepared: pa.Table, header: Header) -> None:
    """The other files of the set keep names and bytes."""
    fewer = prepared.slice(1)
    before = write_set(target(tmp_path / "a", header), split_of(fewer, 400), fewer.to_batches())
    after = write_set(target(tmp_path / "b", header), split_of(prepared, 400), prepared.to_batches())
    shas = {entry.file.path.name: entry.file.sha256 for entry in after}
    changed = [entry for entry in before if shas.get(entry.file.path.name) != entry.file.sha256]
    assert len(changed) == 1


def test_a_deletion_set_has_no_content(tmp_path: Path, prepared: pa.Table, deletion: Header) -> None:
    """Keys go, hashes of content do not."""
    (entry,) = write_set(target(tmp_path, deletion), split_of(prepared, 1000), prepared.to_batches())
    rows = read_sidecar(entry.sidecar)
    assert rows["content_hash"].null_count == len(rows) == 1000
    assert sidecar_header(entry.sidecar) == deletion


def test_other_records_than_planned_leave_nothing(tmp_path: Path, prepared: pa.Table, header: Header) -> None:
    """A split belongs to its records; with others no file of the set appears."""
    with pytest.raises(FatalError, match="FILES-006"):
        write_set(target(tmp_path, header), split_of(prepared), prepared.slice(1).to_batches())
    assert not list(tmp_path.iterdir())


def test_a_bad_record_leaves_no_file_of_the_set(tmp_path: Path, prepared: pa.Table, header: Header) -> None:
    """Characters are looked at before anything appears."""
    bad = prepared.set_column(prepared.column_names.index("I0101"), "I0101", [["\x00"] * 1000])
    with pytest.raises(DataError, match="FILES-003"):
        write_set(target(tmp_path, header), split_of(prepared), bad.to_batches(max_chunksize=100))
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_no_manifest(
    tmp_path: Path, prepared: pa.Table, header: Header, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills while the set is made durable: what has no manifest does not count, and no part file stays."""
    real, calls = os.fsync, []

    def refuse(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 5:
            raise OSError(28, "full")
        real(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(RetriableError, match="FILES-001"):
        write_set(target(tmp_path, header), split_of(prepared), prepared.to_batches())
    assert not [path for path in tmp_path.iterdir() if path.suffix in {".json", ".part"}]


def test_a_changed_file_is_found(tmp_path: Path, prepared: pa.Table, header: Header) -> None:
    """One byte, in the file or in its sidecar, after it was written."""
    (entry,) = write_set(target(tmp_path, header), split_of(prepared, 1000), prepared.to_batches())
    for path in (entry.file.path, entry.sidecar):
        content = path.read_bytes()
        path.write_bytes(content.replace(b"2016", b"2017", 1) if path.suffix == ".xml" else content + b" ")
        with pytest.raises(DataError, match="FILES-015"):
            verify(entry.manifest_path)
        path.write_bytes(content)
    entry.sidecar.unlink()
    with pytest.raises(DataError, match="FILES-014"):
        verify(entry.manifest_path)


def test_broken_companions_are_told(tmp_path: Path) -> None:
    """A manifest or sidecar that is something else is named, by its file name only."""
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "a.parquet").write_text("no")
    for read in (read_manifest, verify):
        with pytest.raises(DataError, match="FILES-014"):
            read(tmp_path / "a.json")
    for read in (read_sidecar, sidecar_header):
        with pytest.raises(DataError, match="FILES-014"):
            read(tmp_path / "a.parquet")
