"""The names of things: codes, keys and numbers, each a string of its own type.

Every key is a string (seed 1.6.3 compares record keys exactly; a leading zero lost by a numeric cast is a real
incident). ``parse`` takes a value from outside and refuses what has not the form; what it returns is the same text,
unchanged. The 個人番号 has no type here, because nothing may hold one: there are only the functions that find it.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from fukuhon.errors import DataError

__all__ = [
    "AddresseeNumber",
    "BodyCode",
    "DatasetCode",
    "ReceiptKind",
    "ReceiptNumber",
    "RecordKey",
    "RecordVersion",
    "SpiCode",
    "UserId",
    "body_check_digit",
    "contains_my_number",
    "is_my_number",
    "mask_my_numbers",
    "my_number_check_digit",
]


class _Identifier(str):
    """A string whose form was checked. The pattern is ASCII: full-width digits are another number."""

    __slots__ = ()

    pattern: ClassVar[re.Pattern[str]]
    wording: ClassVar[str]
    form: ClassVar[str]

    @classmethod
    def parse(cls, value: object) -> Self:
        """Return ``value`` as this type.

        Raises DataError IDENTIFIERS-001 (no string) or IDENTIFIERS-002 (wrong form); neither tells the value.
        """
        if not isinstance(value, str):
            raise DataError("IDENTIFIERS-001", what=cls.wording, got=type(value).__name__)
        if cls.pattern.fullmatch(value) is None:
            raise DataError("IDENTIFIERS-002", what=cls.wording, form=cls.form, length=len(value))
        return cls(value)


class AddresseeNumber(_Identifier):
    """団体内統合宛名番号: 15 digits, zeros kept. A personal value: never shown."""

    __slots__ = ()
    pattern = re.compile(r"[0-9]{15}")
    wording = "団体内統合宛名番号"
    form = "半角数字15桁"

    def __repr__(self) -> str:
        return "AddresseeNumber(…)"


class SpiCode(_Identifier):
    """特定個人情報名コード: ``TM`` and 14 digits (the seed's screens print 13 and 15: scans)."""

    __slots__ = ()
    pattern = re.compile(r"TM[0-9]{14}")
    wording = "特定個人情報名コード"
    form = "TMと半角数字14桁"


class DatasetCode(_Identifier):
    """データセットの識別項目コード: ``TK`` and 14 digits (seed 1.6.3, SC_DBM_0705)."""

    __slots__ = ()
    pattern = re.compile(r"TK[0-9]{14}")
    wording = "データセットの識別項目コード"
    form = "TKと半角数字14桁"


class RecordKey(_Identifier):
    """データセットレコードのキー: half-width alphanumerics, compared with their case (seed 1.6.3). Never shown."""

    __slots__ = ()
    pattern = re.compile(r"[0-9A-Za-z]{1,64}")
    wording = "データセットレコードのキー"
    form = "半角英数字1〜64桁"

    def __repr__(self) -> str:
        return "RecordKey(…)"


class RecordVersion(_Identifier):
    """特定個人情報の版番号, with or without a decimal part."""

    __slots__ = ()
    pattern = re.compile(r"[0-9]{1,8}(\.[0-9]{1,4})?")
    wording = "特定個人情報の版番号"
    form = "半角数字（小数点以下4桁まで）"

    @property
    def search(self) -> str:
        """What SC_DBM_0701 wants: the part before the point, the rest cut off (seed 1.6.3)."""
        return self.partition(".")[0]


class UserId(_Identifier):
    """User id of a server account, e.g. 突合用ファイル出力担当者ユーザID: half-width alphanumerics (seed 1.6.3)."""

    __slots__ = ()
    pattern = re.compile(r"[0-9A-Za-z]{1,64}")
    wording = "ユーザID"
    form = "半角英数字1〜64桁"


class BodyCode(_Identifier):
    """全国地方公共団体コード: five digits and their check digit."""

    __slots__ = ()
    pattern = re.compile(r"[0-9]{6}")
    wording = "団体コード"
    form = "半角数字6桁"

    @classmethod
    def parse(cls, value: object) -> Self:
        """As the others; and DataError (IDENTIFIERS-003) when the sixth digit is not the check digit of the five."""
        code = super().parse(value)
        if body_check_digit(code[:5]) != int(code[5]):
            raise DataError("IDENTIFIERS-003", what=cls.wording, given=str(code), digit=body_check_digit(code[:5]))
        return code


class ReceiptKind(StrEnum):
    """What a 中間サーバー受付番号 was given for, by its first four digits (inferred from the seed's two screens)."""

    REGISTRATION = "registration"
    MATCHING = "matching"
    OTHER = "other"


_PREFIXES = {"0601": ReceiptKind.REGISTRATION, "0809": ReceiptKind.MATCHING}
_RESULT_FILE = "_result.xml"


class ReceiptNumber(_Identifier):
    """中間サーバー受付番号: an opaque string of digits; digits 5–12 are a date (seed 1.6.3 prints 22 digits and 21)."""

    __slots__ = ()
    pattern = re.compile(r"[0-9]{13,30}")
    wording = "中間サーバー受付番号"
    form = "半角数字（5〜12桁目は日付）"

    @classmethod
    def parse(cls, value: object) -> Self:
        """As the others; and DataError (IDENTIFIERS-004) when digits 5–12 are no date, as after a lost leading zero."""
        number = super().parse(value)
        if _eight_digit_date(number[4:12]) is None:
            raise DataError("IDENTIFIERS-004", what=cls.wording, number=str(number))
        return number

    @classmethod
    def of_result_file(cls, name: str) -> Self:
        """The 突合 request's own number in ``<受付番号>_result.xml`` (DataError IDENTIFIERS-005 for other names)."""
        if not name.endswith(_RESULT_FILE):
            raise DataError("IDENTIFIERS-005", name=name)
        number = cls.parse(name.removesuffix(_RESULT_FILE))
        if number.kind is ReceiptKind.REGISTRATION:
            raise DataError("IDENTIFIERS-005", name=name)
        return number

    @property
    def kind(self) -> ReceiptKind:
        """Registration or matching by the prefix; ``OTHER`` for a prefix the seed does not show."""
        return _PREFIXES.get(self[:4], ReceiptKind.OTHER)

    @property
    def date(self) -> date:
        """The date in digits 5–12."""
        day = _eight_digit_date(self[4:12])
        assert day is not None, "parse let only a date through"
        return day

    @property
    def joins_registration(self) -> bool:
        """Whether it may be joined to a registration's receipt: never on a guess, never a 突合 request's own number."""
        return self.kind is ReceiptKind.REGISTRATION


def _eight_digit_date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def my_number_check_digit(eleven: str) -> int:
    """The check digit over the first eleven digits of a 個人番号 (平成26年総務省令第85号第5条)."""
    weighted = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(eleven), start=1))
    remainder = weighted % 11
    return 0 if remainder <= 1 else 11 - remainder


def is_my_number(text: str) -> bool:
    """Whether ``text`` is 12 half-width digits with a right check digit. One in ten random numbers is, by chance."""
    return re.fullmatch(r"[0-9]{12}", text) is not None and my_number_check_digit(text[:11]) == int(text[11])


def body_check_digit(five: str) -> int:
    """The check digit over the first five digits of a 団体コード (weights 6 5 4 3 2, modulus 11)."""
    weighted = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return (11 - weighted % 11) % 10


# Twelve digits that stand alone, as one run or in three groups of four, half-width or full-width. A longer run (an
# addressee number, a receipt) is another thing: its twelve-digit parts would pass by chance.
_DIGIT = "[0-9０-９]"
_TWELVE = re.compile(
    rf"(?<!{_DIGIT})({_DIGIT}{{4}})(?P<gap>[-‐‑–−－ー_./ \t　]?)({_DIGIT}{{4}})(?P=gap)({_DIGIT}{{4}})(?!{_DIGIT})"
)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def contains_my_number(text: str) -> bool:
    """Whether a 個人番号 may stand in ``text``: for log filters and scans. Expect false positives (one in ten)."""
    return any(_is_hit(match) for match in _TWELVE.finditer(text))


def mask_my_numbers(text: str) -> str:
    """``text`` with every possible 個人番号 replaced by twelve asterisks."""
    return _TWELVE.sub(lambda match: "*" * 12 if _is_hit(match) else match.group(0), text)


def _is_hit(match: re.Match[str]) -> bool:
    return is_my_number("".join(match.group(1, 3, 4)).translate(_HALF_WIDTH))
