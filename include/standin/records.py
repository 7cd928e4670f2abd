"""The records that a body's 副本 hold: applied from files, deleted, expired, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from standin.contents import FileHead, Record, RecordError
from standin.state import BodyStore

__all__ = ["Applied", "Origin", "apply", "expire", "held"]

_BATCH = 5_000
_UPSERT = """
INSERT INTO records
  (addressee, spi, dataset, key, version, layout, published_from, published_to, registered, receipt, kind, items)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (addressee, dataset, key, version) DO UPDATE SET spi = excluded.spi, layout = excluded.layout,
  published_from = excluded.published_from, published_to = excluded.published_to, registered = excluded.registered,
  receipt = excluded.receipt, kind = excluded.kind, items = excluded.items
"""


@dataclass(frozen=True)
class Origin:
    """Where records come from; ``registered`` gives the microsecond at which the record at a position is processed."""

    receipt: str
    kind: str
    registered: Callable[[int], int]
    without_code: frozenset[str] = frozenset()


@dataclass
class Applied:
    """What a file did: records processed, of these errors, and the good ones by what they did."""

    processed: int = 0
    errors: list[RecordError] = field(default_factory=list)
    added: int = 0
    overwritten: int = 0
    deleted: int = 0


def apply(
    store: BodyStore,
    head: FileHead,
    records: Iterable[Record | RecordError],
    origin: Origin,
) -> Applied:
    """Apply a file's records in order, within the caller's transaction."""
    done = Applied()
    good = _good(records, done, origin.without_code)
    if head.operation == "delete":
        _delete(store, head, good, done)
        return done
    before = _count(store, head.dataset)
    written = 0
    while rows := [_row(head, one, origin) for one in islice(good, _BATCH)]:
        store.connection.executemany(_UPSERT, rows)
        written += len(rows)
    done.added = _count(store, head.dataset) - before
    done.overwritten = written - done.added
    return done


def _good(records: Iterable[Record | RecordError], done: Applied, without_code: frozenset[str]) -> Iterator[Record]:
    for one in records:
        done.processed += 1
        if isinstance(one, RecordError):
            done.errors.append(one)
        elif one.addressee in without_code:
            done.errors.append(RecordError(one.position, "E111", "符号が未取得です。"))
        else:
            yield one


def _row(head: FileHead, one: Record, origin: Origin) -> tuple[object, ...]:
    return (
        one.addressee,
        head.spi,
        head.dataset,
        one.key,
        one.version,
        head.layout,
        one.published_from,
        one.published_to,
        origin.registered(one.position),
        origin.receipt,
        origin.kind,
        one.items,
    )


def _delete(store: BodyStore, head: FileHead, records: Iterable[Record], done: Applied) -> None:
    sql = "DELETE FROM records WHERE addressee = ? AND dataset = ? AND key = ? AND version = ?"
    for one in records:
        if store.run(sql, one.addressee, head.dataset, one.key, one.version).rowcount:
            done.deleted += 1
        else:
            done.errors.append(RecordError(one.position, "E110", "削除の対象が登録されていません。"))


def _count(store: BodyStore, dataset: str) -> int:
    number: int = store.value("SELECT count(*) FROM records WHERE dataset = ?", dataset)
    return number


def held(store: BodyStore) -> dict[str, int]:
    """Return how many records are held, by dataset."""
    return {
        row[0]: row[1] for row in store.all("SELECT dataset, count(*) FROM records GROUP BY dataset ORDER BY dataset")
    }


def expire(store: BodyStore, today: date) -> int:
    """Delete what is past its 公開終了日 (seed 1.3.1), count it by dataset, and return how many there were."""
    day = today.isoformat()
    # By the index of the dates: grouping by dataset first would read every record at every midnight.
    gone = store.all(
        "SELECT dataset, count(*) FROM records INDEXED BY records_expiry WHERE published_to < ? GROUP BY dataset", day
    )
    if gone:
        store.run("DELETE FROM records WHERE published_to < ?", day)
        store.connection.executemany("INSERT OR REPLACE INTO expiries VALUES (?, ?, ?)", [(day, *row) for row in gone])
    return sum(row[1] for row in gone)
