"""Finding the files in which one record travelled, by its keyed hash; the sidecars know it.

The record itself is typed in, unseen, or comes through standard input: three or four lines.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from fukuhon.registration.desk import Desk

__all__ = ["Record", "ask_record", "files_with", "identity_of"]


@dataclass(frozen=True, slots=True)
class Record:
    """Which record: its dataset, whose it is and its key; never shown."""

    dataset: str
    addressee: str = field(repr=False)
    key: str = field(repr=False)
    version: str | None = field(default=None, repr=False)


def ask_record() -> Record:
    """Ask on the terminal, without showing what is typed; or read four lines, the last of which may be missing.

    Raises DataError IDENTIFIERS-002 for what cannot be a code, number or key (it does not tell the value).
    """
    from fukuhon.identifiers import AddresseeNumber, DatasetCode, RecordKey, RecordVersion

    asked = ("データセット", "団体内統合宛名番号", "レコードのキー", "版番号（無ければ空）")
    if sys.stdin.isatty():
        given = [getpass(f"{what}：", stream=sys.stderr).strip() for what in asked]
    else:
        given = [line.strip() for line in sys.stdin.read().splitlines()]
        if not len(asked) - 1 <= len(given) <= len(asked):
            raise typer.Abort
        given = [*given, ""][: len(asked)]
    dataset, addressee, key, version = given
    return Record(
        DatasetCode.parse(dataset),
        AddresseeNumber.parse(addressee),
        RecordKey.parse(key),
        RecordVersion.parse(version) if version else None,
    )


def identity_of(desk: Desk, record: Record) -> str:
    """The keyed hash of a record's identity, 64 hex digits. Raises ConfigurationError SITE-010, COMMANDS-052."""
    import pyarrow as pa

    from fukuhon.files import Fingerprints

    settings = desk.site.dataset(record.dataset)
    columns = {"addressee": [record.addressee], "record_key": [record.key], "record_version": [record.version]}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    with Fingerprints(desk.site.hash_key(), desk.site.body.code, settings.spi, settings.code) as fingerprints:
        identity: bytes = fingerprints.identities(table)[0].as_py()
    return identity.hex()


def files_with(desk: Desk, identity: bytes) -> list[dict[str, Any]]:
    """The files that hold the record, in the order in which they were made: what each did, and where it stands."""
    from fukuhon.ledger import files

    with desk.ledger.reading() as reader:
        known = files.find(reader)
    found = []
    for file in known:
        rows = _rows(Path(file.sidecar), identity)
        found += [
            {
                "file": file.name,
                "run": file.run_id,
                "operation": row["operation"],
                "position": row["position"],
                "as_of": row["as_of"],
                "variation": row["variation"],
                "state": file.state.value,
                "receipt": file.receipt,
                "completed": file.completed_at,
                "error": _is_error(file.detail_path, row["position"]),
            }
            for row in rows
        ]
    return found


def _rows(sidecar: Path, identity: bytes) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from fukuhon.errors import DataError

    wanted = ["position", "operation", "as_of", "variation"]
    match = pc.field("identity_hash") == pa.scalar(identity, pa.binary(32))
    try:
        rows: list[dict[str, Any]] = pq.read_table(sidecar, columns=wanted, filters=match).to_pylist()
    except (OSError, pa.ArrowException):
        raise DataError("FILES-014", file=sidecar.name) from None
    return rows


def _is_error(positions: str | None, position: int) -> bool | None:
    """Whether the server named the record as an error; None while nothing is known."""
    import pyarrow.parquet as pq

    if positions is None:
        return None
    return position in pq.read_table(positions)["position"].to_pylist()
