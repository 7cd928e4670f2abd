"""Which column of an existing system fits which item of the layout, by their names; what fits none is told.

Only equal names are taken for equal, once width, blanks and case are put aside: a guess here would be a wrong 副本.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout
    from fukuhon.originals import ColumnKind

__all__ = ["REGISTER", "Matched", "Wanted", "match", "match_register", "plain", "wanted_of"]

# What the register's columns are called, the first being ours (docs/rules.md, "The addressee register").
REGISTER: Mapping[str, tuple[str, ...]] = {
    "addressee": ("addressee", "addressee_no", "宛名番号", "団体内統合宛名番号", "統合宛名番号", "宛名コード"),
    "birth_date": ("birth_date", "生年月日"),
    "sex": ("sex", "性別", "性別コード"),
    "kana": ("kana", "氏名カナ", "カナ氏名", "氏名かな", "フリガナ", "カナ"),
    "address_code": ("address_code", "住所コード", "町字コード"),
    "status": ("status", "住民状態", "住民区分", "異動状態"),
    "dv": ("dv", "dv_flag", "支援措置", "DV等支援措置", "支援措置区分", "不開示", "不開示区分"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something a rule book or the register needs a column for."""

    key: str
    names: tuple[str, ...]
    required: bool = True

    @property
    def told(self) -> str:
        """As a person reads it: the code and the Japanese name."""
        japanese = next((name for name in self.names if re.search("[ぁ-んァ-ヶ一-龠]", name)), "")
        return f"{self.key} {japanese}".strip()


@dataclass
class Matched:
    """What was found: the source's column by key, and what nothing was found for."""

    columns: dict[str, str] = field(default_factory=dict)
    lacking: list[Wanted] = field(default_factory=list)


def wanted_of(layout: DatasetLayout) -> list[Wanted]:
    """What a dataset needs: its keys, its publication, its items."""
    version = [Wanted("record_version", ("record_version", "版", "レコード版"))] if layout.versioned else []
    begin = ("publication_from", "公開開始日"), layout.publication == "required"
    return [
        Wanted("addressee", REGISTER["addressee"]),
        Wanted("record_key", (layout.record_key.name, "record_key")),
        *version,
        *([] if layout.publication == "none" else [Wanted("publication_from", *begin)]),
        *(Wanted(item.code, (item.name, item.code), item.required) for item in layout.items),
    ]


def match(wanted: list[Wanted], columns: Mapping[str, ColumnKind], named: Mapping[str, str], where: str) -> Matched:
    """Find a column for each; ``named`` are those that a person named, by key or by the item's name.

    Raises ConfigurationError COMMANDS-075 where a person named a column that is not there, or a key that is none.
    """
    found = Matched()
    by_name = {plain(name): name for name in columns}
    keys = {plain(name): one.key for one in reversed(wanted) for name in (*one.names, one.key)}
    said = {keys.get(plain(key), key): column for key, column in named.items()}
    wrong = [key for key in said if key not in {one.key for one in wanted}]
    wrong += [column for column in said.values() if column not in columns]
    if wrong:
        raise ConfigurationError("COMMANDS-075", where=where, names="、".join(wrong), known="、".join(columns))
    for one in wanted:
        column = said.get(one.key) or next((by_name[plain(n)] for n in one.names if plain(n) in by_name), None)
        if column is not None:
            found.columns[one.key] = column
        elif one.key != "publication_from" or one.required:
            found.lacking.append(one)
    return found


def match_register(columns: Mapping[str, ColumnKind], named: Mapping[str, str], where: str) -> Matched:
    """As :func:`match`, for the addressee register."""
    return match([Wanted(key, names) for key, names in REGISTER.items()], columns, named, where)


def plain(name: str) -> str:
    """A name without what people write now so, now so: width, case, blanks, underscores."""
    return re.sub(r"[\s_・]", "", unicodedata.normalize("NFKC", name)).casefold()
