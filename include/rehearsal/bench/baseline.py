"""The straightforward pipeline, done well: what a good programmer writes in a week, and what the ratio is against.

``pandas.read_sql``, the rules as native expectations of Great Expectations on pandas, a loop over ``to_dict`` that maps
and hashes, lxml for each record, one file at the end, fsynced. No ``apply`` along rows: that would be a straw man.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import etree

from rehearsal.bench.shape import ACROSS, SHAPES, Column, Shape

__all__ = ["run"]

_KEY = b"k" * 32
_NAMESPACE = "urn:bench"


def run(folder: Path, shape: Shape, engine_url: str, table: str, records: int) -> float:
    """Seconds for ``records`` records, in a fresh process whose imports are done before the clock starts."""
    order = json.dumps({"folder": str(folder), "shape": shape.name, "url": engine_url, "table": table, "n": records})
    command = [sys.executable, "-m", "rehearsal.bench.baseline", order]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # our own module
    return float(done.stdout.splitlines()[-1])


def _measured(order: dict[str, Any]) -> float:
    import great_expectations as gx  # noqa: PLC0415
    import sqlalchemy as sa  # noqa: PLC0415

    shape, engine = SHAPES[order["shape"]], sa.create_engine(order["url"])
    begun = time.monotonic()
    frame = pd.read_sql(sa.text(f"SELECT * FROM {order['table']} LIMIT {order['n']:d}"), engine)  # noqa: S608
    frame = frame[frame.void_flag != "1"].reset_index(drop=True)
    bad = _failing(gx, frame, shape)
    good = frame.drop(index=list(bad))
    _write(Path(order["folder"]) / "baseline.xml", good[good.dv_flag != "1"], shape)
    return time.monotonic() - begun


def _failing(gx: Any, frame: pd.DataFrame, shape: Shape) -> set[int]:
    """Index of the rows that fail a rule."""
    for rule in ACROSS:
        frame[f"rule_{rule.id}"] = frame.eval(rule.plain, engine="python")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset("bench")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="bench", expectations=_expectations(gx.expectations, shape))
    found = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    return {row for result in found.results for row in result.result.get("unexpected_index_list") or ()}


def _expectations(known: Any, shape: Shape) -> list[Any]:
    rules = [known.ExpectColumnValuesToMatchRegex(column="addressee_no", regex=r"^[0-9]{15}$")]
    for column in shape.columns:
        if column.required:
            rules.append(known.ExpectColumnValuesToNotBeNull(column=column.source))
        rules.append(_form(known, column))
    rules += [known.ExpectColumnValuesToBeInSet(column=f"rule_{rule.id}", value_set=[True]) for rule in ACROSS]
    rules.append(known.ExpectColumnValuesToBeUnique(column="notice_no"))
    rules.append(known.ExpectCompoundColumnsToBeUnique(column_list=["addressee_no", "fiscal_year"]))
    return rules


def _form(known: Any, column: Column) -> Any:
    if column.kind == "code":
        return known.ExpectColumnValuesToBeInSet(column=column.source, value_set=list(column.codes))
    if column.number:
        return known.ExpectColumnValuesToBeBetween(column=column.source, min_value=-(10**12), max_value=10**12)
    regex = {"digits": rf"^[0-9]{{{column.size}}}$", "date": r"^\d{4}-\d\d-\d\d$"}.get(column.kind)
    if regex is None:
        return known.ExpectColumnValueLengthsToBeBetween(column=column.source, max_value=column.size)
    return known.ExpectColumnValuesToMatchRegex(column=column.source, regex=regex)


def _write(path: Path, frame: pd.DataFrame, shape: Shape) -> None:
    digest = hashlib.sha256()
    hashes = []
    names = list(zip(shape.codes, (column.source for column in shape.columns), strict=True))
    with path.open("wb") as file, etree.xmlfile(file, encoding="UTF-8") as document:
        with document.element("File", xmlns=_NAMESPACE):
            for row in frame.to_dict("records"):
                values = [(code, _text(row[source])) for code, source in names]
                message = "\x1f".join(f"{code}={value}" for code, value in values if value is not None)
                hashes.append(hmac.digest(_KEY, message.encode(), "sha256"))
                document.write(_record(row, values))
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as written:
        digest.update(written.read())


def _record(row: dict[Any, Any], values: list[tuple[str, str | None]]) -> Any:
    record = etree.Element("Record")
    etree.SubElement(record, "Addressee").text = row["addressee_no"]
    etree.SubElement(record, "Key").text = row["fiscal_year"]
    etree.SubElement(record, "PublishedFrom").text = row["fixed_on"]
    items = etree.SubElement(record, "Items")
    for code, value in values:
        if value is not None:
            etree.SubElement(items, code).text = value
    return record


def _text(value: Any) -> str | None:
    return None if value is None or value != value else str(value)  # noqa: PLR0124  # a number that is none


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(_measured(json.loads(sys.argv[1])))
