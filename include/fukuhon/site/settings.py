"""The parts of ``site.yaml`` as typed, frozen models; docs/site-yaml.md describes them for people."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from fukuhon.site.fields import (
    BodyCodeText,
    DatasetText,
    Expanded,
    Name,
    OpeningHour,
    Part,
    Positive,
    ResolvedPath,
    ResourceId,
    SpiText,
    TimeOfDay,
)
from fukuhon.site.sources import SourceSettings

__all__ = [
    "Account",
    "Accounts",
    "AllotmentSettings",
    "BodySettings",
    "CollationWay",
    "ControlRange",
    "DatasetSettings",
    "DatasetText",
    "Expanded",
    "Folders",
    "Limits",
    "ModeSettings",
    "Name",
    "NotRegistered",
    "Part",
    "Period",
    "RegisterSettings",
    "ResolvedPath",
    "SecretRef",
    "ServerSettings",
    "SourceSettings",
    "SpiSettings",
    "TimeOfDay",
]


CollationWay = Literal["line", "terminal"]
"""How 突合用ファイル come: over the line, or by two people at the 接続端末 (seed 1.6.3)."""


class SecretRef(Part):
    """Where a secret lies; never the secret itself."""

    file: ResolvedPath | None = None
    env: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> SecretRef:
        if (self.file is None) == (self.env is None):
            raise ValueError("file か env のどちらか一つを書いてください")
        return self


class BodySettings(Part):
    """The municipality."""

    code: BodyCodeText
    name: Name
    prefecture: Name
    group: Literal[1, 2, 3]
    opening: OpeningHour = "08:30"
    closed_extra: frozenset[date] = Field(default=frozenset(), strict=False)
    year_end: bool = True


class Folders(Part):
    """Where work files lie."""

    work: ResolvedPath


class Account(Part):
    """An account on the intermediate server."""

    user: Name
    password: SecretRef


class Accounts(Part):
    """The accounts that the software uses, by duty (roles: seed 1.9.1)."""

    upload: Account | None = None
    collation_requester: Account | None = None
    collation_manager: Account | None = None
    administrator: Account | None = None


class ServerSettings(Part):
    """The intermediate server."""

    url: Expanded | None = None
    env: Name | None = None
    device: Name
    clock_url: Expanded | None = None
    accounts: Accounts = Accounts()
    collation: CollationWay = "line"

    @model_validator(mode="after")
    def _address(self) -> ServerSettings:
        if (self.url is None) == (self.env is None):
            raise ValueError("url か env のどちらか一つを書いてください")
        return self


class RegisterSettings(Part):
    """The addressee register (団体内統合宛名システム)."""

    source: Name
    query: ResourceId


class ControlRange(Part):
    """A control total that is only known roughly, and why."""

    low: Annotated[int, Field(alias="from", ge=0)]
    high: Annotated[int, Field(alias="to", ge=0)]
    reason: Name

    @model_validator(mode="after")
    def _ordered(self) -> ControlRange:
        if self.low > self.high:
            raise ValueError("from は to 以下にしてください")
        return self

    def holds(self, count: int) -> bool:
        """Whether a count lies in the range, ends included."""
        return self.low <= count <= self.high


def _control_total(value: object) -> object:
    """A plain number is a range of one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"from": value, "to": value, "reason": "件数どおり"}
    return value


class DatasetSettings(Part):
    """One dataset in scope: where it comes from and how it travels."""

    code: DatasetText
    source: Name
    query: ResourceId
    count_query: ResourceId | None = None
    control_totals: dict[str, Annotated[ControlRange, BeforeValidator(_control_total)]] = Field(default_factory=dict)
    rules: ResourceId | None = None
    expectations: ResourceId | None = None
    channel: Literal[1, 2, 3, 4]
    collation: CollationWay | None = None
    usual_days: Positive | None = None
    spi: str = Field(default="", exclude=True)  # set by the SPI it stands in


class NotRegistered(Part):
    """A dataset that the layout has and this body does not register, and why."""

    code: DatasetText
    reason: Name


class SpiSettings(Part):
    """One 特定個人情報 in scope; of its datasets, which are registered and which are left out on purpose."""

    code: SpiText
    not_registered: Annotated[tuple[NotRegistered, ...], Field(strict=False)] = ()
    datasets: Annotated[tuple[DatasetSettings, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _named(self) -> SpiSettings:
        named = tuple(dataset.model_copy(update={"spi": self.code}) for dataset in self.datasets)
        object.__setattr__(self, "datasets", named)
        return self


class Limits(Part):
    """Sizes, caps and margins; each is a setting since the world may change it."""

    records_per_file: Positive = 200_000
    bytes_per_file: Positive = 500_000_000
    pretest_records: Positive = 5
    daily_cap_percent: Annotated[int, Field(gt=0, le=100)] = 5
    line_bytes_per_s: Positive = 1_250_000
    guard_margin_s: Annotated[int, Field(ge=0)] = 300
    settle_minutes: Positive = 15
    terminal_grace_minutes: Positive = 30
    collations_per_day: Positive = 20
    requests_per_day: Positive = 60
    erase_after_days: Positive = 30
    batch_rows: Positive = 32_768
    threads: Positive = 2


class AllotmentSettings(Part):
    """Days, hours and volume allotted to the body for 初期登録 (seed 1.4.1)."""

    days: Annotated[tuple[date, ...], Field(min_length=1, strict=False)]
    start: Annotated[TimeOfDay, Field(alias="from")]
    end: Annotated[TimeOfDay, Field(alias="to")]
    bytes: Positive
    part: Literal["tax", "other"]
    version: Positive = 1
    state: Literal["draft", "agreed"] = "agreed"


class Period(Part):
    """Days, both ends included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.first > self.last:
            raise ValueError("from は to 以前の日にしてください")
        return self

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class ModeSettings(Part):
    """Days in 総合運用テスト beside those of all bodies (別紙4)."""

    applied: Annotated[tuple[Period, ...], Field(strict=False)] = ()
