"""Which minutes and keys to ask for within a budget, and what bound that many buy if none of them is wrong.

A request of 突合 names one dataset, one record key and one minute (seed 1.6.3). Where keys are unique over the body
that is one record; where they are unique within a person only (a fiscal year) it is everybody's record of that key
processed in that minute. Records are drawn at random within strata of dataset and business variation, with a seed: the
same state and seed give the same plan.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fukuhon.errors import RefusedError
from fukuhon.files import connect
from fukuhon.reconciliation.confidence import bound_of
from fukuhon.reconciliation.timing import Span, spans_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = ["Asked", "KeyRule", "Plan", "PlannedRequest", "Stratum", "key_hash", "make_plan", "read_plan"]


Asked = tuple[str, str, datetime]
"""What was asked before: dataset, key hash, minute."""


@dataclass(frozen=True, slots=True)
class KeyRule:
    """A dataset to be looked at: its 特定個人情報, and whether the layout says that keys are unique over the body."""

    spi: str
    unique_over_body: bool


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One request: its key stands in the plan's file only, elsewhere as ``key_hash``.

    ``expected`` records, by our guess of the minute.
    """

    spi: str
    dataset: str
    key: str = field(repr=False)
    version: str | None = field(repr=False)
    minute: datetime
    variation: str
    expected: int
    key_hash: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """A dataset's records of one business variation: how many are held, and what the plan takes of them."""

    dataset: str
    variation: str
    held: int
    requests: int
    records: int
    bound: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests within a budget; approval is of the whole, by its sha256.

    ``bound``: wrong records in 10,000 at 99% if none is found, counting every record asked for; ``bound_by_request``
    counts each request once, since the records of one minute lie side by side in a file and may share a fault.
    """

    requests: tuple[PlannedRequest, ...]
    strata: tuple[Stratum, ...]
    budget: int
    bound: int
    bound_by_request: int

    @property
    def sha256(self) -> str:
        """What an approval is bound to: every request of the plan."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """The plan as canonical JSON, keys included: for a private file."""
        body = {
            "form": 1,
            "budget": self.budget,
            "bound": self.bound,
            "bound_by_request": self.bound_by_request,
            "requests": [_as_json(request) for request in self.requests],
            "strata": [[s.dataset, s.variation, s.held, s.requests, s.records, s.bound] for s in self.strata],
        }
        return (json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Question:
    """What a plan is made from.

    ``state`` is what is held (``Holdings.state()``), ``spans`` when its files were processed, ``rules`` the datasets to
    be looked at, ``key`` the site's hash key, ``asked`` what earlier plans asked for, which is not asked again.
    """

    state: pa.Table
    spans: Sequence[Span]
    rules: Mapping[str, KeyRule]
    budget: int
    seed: str
    key: bytes
    asked: Collection[Asked] = frozenset()


def make_plan(question: Question) -> Plan:
    """Draw the requests.

    Raises RefusedError RECONCILIATION-001 where nothing can be asked: nothing held, or all asked already.
    """
    draws = _draws(question)
    quotas = _quotas({(draw.dataset, draw.variation): draw.held for draw in draws}, question)
    taken: dict[tuple[Any, ...], _Draw] = {}
    left = dict(quotas)
    for draw in draws:
        cell = (draw.dataset, draw.record_key, draw.version, draw.minute)
        hashed = (draw.dataset, key_hash(question.key, draw.dataset, draw.record_key), draw.minute)
        if left[draw.dataset, draw.variation] and cell not in taken and hashed not in question.asked:
            taken[cell] = draw
            left[draw.dataset, draw.variation] -= 1
    if not taken:
        raise RefusedError("RECONCILIATION-001", datasets=len(question.rules))
    return _plan(list(taken.values()), question, {(d.dataset, d.variation): d.held for d in draws})


def key_hash(key: bytes, dataset: str, record_key: str) -> str:
    """What a record key is called outside private files: keyed, 32 hex digits."""
    return hmac.new(key, f"key\0{dataset}\0{record_key}".encode(), hashlib.sha256).hexdigest()[:32]


def read_plan(content: bytes) -> Plan:
    """Read what ``to_bytes`` wrote. Raises RefusedError RECONCILIATION-002 where it is no plan."""
    try:
        body = json.loads(content)
        requests = tuple(
            PlannedRequest(**request | {"minute": datetime.fromisoformat(request["minute"])})
            for request in body["requests"]
        )
        strata = tuple(Stratum(*stratum) for stratum in body["strata"])
        return Plan(requests, strata, body["budget"], body["bound"], body["bound_by_request"])
    except (ValueError, KeyError, TypeError):
        raise RefusedError("RECONCILIATION-002") from None


@dataclass(frozen=True, slots=True)
class _Draw:
    dataset: str
    variation: str
    record_key: str
    version: str | None
    minute: datetime
    expected: int
    held: int


# The draw is a hash of the seed and the identity: random to whoever fills files, the same to whoever makes the plan
# again.
_DRAWS = """
WITH placed AS (
  SELECT s.dataset, coalesce(s.variation, '') AS variation, s.record_key, split_part(s.record_version, '.', 1) AS
  version,
    r.unique_over_body, sha256(concat($seed, hex(s.identity_hash))) AS draw,
    date_trunc('minute', t.start + to_microseconds(
      ((epoch_us(t."end") - epoch_us(t.start)) * least((s.position - 0.5) / greatest(t.records, 1), 1))::BIGINT)) AS
      minute
  FROM state s JOIN spans t USING (receipt) JOIN rules r USING (dataset)
), counted AS (
  SELECT *, CASE WHEN unique_over_body THEN 1
      ELSE count(*) OVER (PARTITION BY dataset, record_key, version, minute) END AS expected,
    count(*) OVER (PARTITION BY dataset, variation) AS held
  FROM placed
)
SELECT dataset, variation, record_key, version, minute, expected, held FROM counted
QUALIFY row_number() OVER (PARTITION BY dataset, variation ORDER BY draw) <= $most
ORDER BY draw
"""


def _draws(question: Question) -> list[_Draw]:
    rules = [
        {"dataset": code, "unique_over_body": rule.unique_over_body} for code, rule in sorted(question.rules.items())
    ]
    with connect() as connection:
        connection.register("state", question.state)
        connection.register("spans", spans_table(question.spans))
        connection.register(
            "rules",
            pa.Table.from_pylist(rules, pa.schema([("dataset", pa.string()), ("unique_over_body", pa.bool_())])),
        )
        rows = connection.execute(_DRAWS, {"seed": question.seed, "most": 64 * question.budget}).fetchall()
    return [_Draw(*row) for row in rows]


def _quotas(held: Mapping[tuple[str, str], int], question: Question) -> dict[tuple[str, str], int]:
    """One request for every stratum as far as they go, the rest by size: the largest remainder first."""
    order = sorted(held, key=lambda stratum: hashlib.sha256("\0".join((question.seed, *stratum)).encode()).digest())
    quotas = {stratum: int(rank < question.budget) for rank, stratum in enumerate(order)}
    rest, total = question.budget - sum(quotas.values()), sum(held.values())
    shares = {stratum: rest * count / total for stratum, count in held.items()}
    for stratum, share in shares.items():
        quotas[stratum] += int(share)
    missing = question.budget - sum(quotas.values())
    for stratum in sorted(shares, key=lambda one: (int(shares[one]) - shares[one], one))[: missing if rest else 0]:
        quotas[stratum] += 1
    return quotas


def _plan(draws: Iterable[_Draw], question: Question, held: Mapping[tuple[str, str], int]) -> Plan:
    chosen = sorted(draws, key=lambda draw: (draw.minute, draw.dataset, draw.record_key, draw.version or ""))
    strata = []
    for (dataset, variation), count in sorted(held.items()):
        mine = [draw for draw in chosen if (draw.dataset, draw.variation) == (dataset, variation)]
        records = min(sum(draw.expected for draw in mine), count)
        strata.append(Stratum(dataset, variation, count, len(mine), records, bound_of(records, 0, count)))
    total = sum(held.values())
    records = min(sum(draw.expected for draw in chosen), total)
    requests = tuple(_request(draw, question) for draw in chosen)
    return Plan(
        requests, tuple(strata), question.budget, bound_of(records, 0, total), bound_of(len(requests), 0, total)
    )


def _request(draw: _Draw, question: Question) -> PlannedRequest:
    return PlannedRequest(
        spi=question.rules[draw.dataset].spi,
        dataset=draw.dataset,
        key=draw.record_key,
        version=draw.version,
        minute=draw.minute,
        variation=draw.variation,
        expected=draw.expected,
        key_hash=key_hash(question.key, draw.dataset, draw.record_key),
    )


def _as_json(request: PlannedRequest) -> dict[str, Any]:
    return asdict(request) | {"minute": request.minute.isoformat()}
