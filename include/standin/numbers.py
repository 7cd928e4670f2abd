"""Numbers and codes as the server issues and checks them. All of them are text: a leading zero counts.

中間サーバー受付番号 begins with the function (0601 registration, 0809 突合), goes on with the day and ends with a
running number: 22 digits for a registration, 21 for a 突合, as the seed prints them (1.6.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

__all__ = [
    "COLLATION",
    "REGISTRATION",
    "NumberKind",
    "ReceiptNumber",
    "body_check_digit",
    "is_addressee",
    "is_body",
    "is_dataset",
    "is_record_key",
    "is_record_version",
    "is_spi",
    "parse_receipt",
    "version_search",
]


@dataclass(frozen=True)
class NumberKind:
    """A kind of receipt number: its prefix and the width of its running part."""

    name: str
    prefix: str
    width: int

    def issue(self, day: date, running: int) -> str:
        """Return the number of the ``running``-th receipt of a day."""
        return f"{self.prefix}{day:%Y%m%d}{running:0{self.width}d}"


REGISTRATION = NumberKind("registration", "0601", 10)
COLLATION = NumberKind("matching", "0809", 9)


@dataclass(frozen=True)
class ReceiptNumber:
    """A receipt number taken apart."""

    kind: NumberKind
    day: date


def parse_receipt(value: str) -> ReceiptNumber | None:
    """Take a receipt number, or the name of its file, apart; None for anything else."""
    text = value.removesuffix("_result.xml")
    for kind in (REGISTRATION, COLLATION):
        if re.fullmatch(f"{kind.prefix}[0-9]{{{8 + kind.width}}}", text):
            try:
                return ReceiptNumber(kind, date.fromisoformat(f"{text[4:8]}-{text[8:10]}-{text[10:12]}"))
            except ValueError:
                return None
    return None


def _matches(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def is_addressee(value: object) -> bool:
    """15 half-width digits, as text."""
    return _matches("[0-9]{15}", value)


def is_spi(value: object) -> bool:
    """特定個人情報名コード: TM and 14 digits."""
    return _matches("TM[0-9]{14}", value)


def is_dataset(value: object) -> bool:
    """データセットの識別項目コード: TK and 14 digits."""
    return _matches("TK[0-9]{14}", value)


def is_record_key(value: object) -> bool:
    """データセットレコードのキー: half-width letters and digits."""
    return _matches("[0-9A-Za-z]{1,64}", value)


def is_record_version(value: object) -> bool:
    """特定個人情報の版番号: digits, and a decimal part if there is one."""
    return _matches(r"[0-9]{1,8}(\.[0-9]{1,4})?", value)


def version_search(version: str) -> str:
    """Return the integer part, by which a 突合 selects (seed 1.6.3)."""
    return version.partition(".")[0]


def body_check_digit(five: str) -> int:
    """Return the check digit of a 団体コード of five digits."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return (11 - total % 11) % 10


def is_body(value: object) -> bool:
    """団体コード: five digits and their check digit."""
    return _matches("[0-9]{6}", value) and body_check_digit(str(value)[:5]) == int(str(value)[5])
