"""The addressee register beside the records: the columns that rules read, looked up by addressee."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import ConfigurationError, DataError
from fukuhon.quality.keys import numbered

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Register", "needs_register"]

_PREFIX = "reg_"


def needs_register(column: str) -> bool:
    """Whether a column is one of the addressee register's."""
    return column.startswith(_PREFIX)


class Register:
    """An index over the register, built once; DuckDB would build the one side of its join for every chunk anew.

    Raises ConfigurationError QUALITY-006 (no register, or not the columns that are ``read``), DataError QUALITY-007
    (an addressee stands twice).
    """

    def __init__(self, table: pa.Table | None, read: Collection[str]) -> None:
        import pandas as pd  # noqa: PLC0415  # half a second, spared whoever only loads rules

        names = sorted({"addressee"} | {name.removeprefix(_PREFIX) for name in read})
        if table is None or not set(names) <= set(table.column_names):
            raise ConfigurationError("QUALITY-006", columns=", ".join(names))
        table = table.select(names).filter(pc.is_valid(table.column("addressee")))
        numbers, odd = numbered(table.column("addressee").combine_chunks())
        if odd.any():  # those with a number come first
            table = pa.concat_tables([table.filter(pa.array(~odd)), table.filter(pa.array(odd))])
        self._columns = {_PREFIX + name: table.column(name).combine_chunks() for name in names}
        self._numbers = pd.Index(numbers[~odd])
        self._odd = self._columns["reg_addressee"].slice(len(self._numbers))
        double = len(self._numbers) - self._numbers.nunique() + len(self._odd) - len(self._odd.unique())
        if double:
            raise DataError("QUALITY-007", count=double)

    def beside(self, addressees: pa.ChunkedArray, read: Collection[str]) -> dict[str, pa.ChunkedArray]:
        """The columns that are ``read``, one value for each of ``addressees``: missing where the register has none."""
        import pandas as pd  # noqa: PLC0415

        texts = addressees.combine_chunks()
        numbers, odd = numbered(texts)
        places = self._numbers.get_indexer(pd.Index(numbers))
        if len(self._odd) and odd.any():
            among = pc.index_in(texts.filter(pa.array(odd)), value_set=self._odd).fill_null(-1 - len(self._numbers))
            places[odd] = among.to_numpy() + len(self._numbers)
        absent = places < 0
        found = pa.array(places, mask=absent) if absent.any() else pa.array(places)
        return {
            name: addressees
            if name == "reg_addressee" and not absent.any()
            else pa.chunked_array([self._columns[name].take(found)])
            for name in read
        }
