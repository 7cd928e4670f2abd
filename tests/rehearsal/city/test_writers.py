from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
import yaml

from fukuhon.originals import open_source
from fukuhon.originals.register import REGISTER_COLUMNS
from fukuhon.site import SourceSettings
from rehearsal.city import City, write_mariadb, write_postgresql, write_sqlite
from rehearsal.city.jumin import JUMIN
from rehearsal.city.tax import TAX

DATASETS = {dataset.table: dataset.code for dataset in (*TAX.datasets, *JUMIN.datasets)}
SAMPLE = Path(__file__).parents[3] / "include" / "sites" / "sample"


def columns(dataset: str) -> dict[str, str]:
    """What the rule book expects of an extract."""
    declared: dict[str, str] = yaml.safe_load((SAMPLE / "rules" / f"{dataset}.yaml").read_text("utf-8"))["columns"]
    return declared


def extract(settings: SourceSettings, table: str, day: date) -> pa.Table:
    """The site's own query over a source."""
    query = (SAMPLE / "queries" / f"{table}.sql").read_text("utf-8")
    with open_source(settings) as source:
        return source.read(query, {"as_of": day}, columns(DATASETS[table]))


@pytest.fixture
def schema() -> Iterator[str]:
    """The address of an empty schema of PostgreSQL."""
    url = os.environ.get("FUKUHON_TEST_POSTGRESQL", "postgresql://{user}@127.0.0.1:5432/postgres")
    url = url.format(user=os.environ.get("PGUSER", "root"))
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    name = f"fukuhon_{uuid.uuid4().hex[:12]}"
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    except sa.exc.OperationalError:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            pytest.fail("PostgreSQL is demanded and does not answer")
        pytest.skip("PostgreSQL does not answer")
    yield f"{url}?options=-csearch_path%3D{name}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")


def test_the_sqlite_file_is_private_and_whole(city: City, tmp_path: Path) -> None:
    """0600, nothing left beside it, and written again it is the same."""
    path = tmp_path / "tax.sqlite"
    write_sqlite(city, path)
    first = path.read_bytes()
    write_sqlite(city, path)
    assert path.read_bytes() == first
    assert [one.name for one in tmp_path.iterdir()] == ["tax.sqlite"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_arrive_as_text_with_their_zeros(city: City, tmp_path: Path) -> None:
    """The extract holds to the rule book's columns, and no zero is lost on the way."""
    write_sqlite(city, tmp_path / "tax.sqlite")
    settings = SourceSettings(id="tax", name="税", kind="sqlite", path=tmp_path / "tax.sqlite", history="change_log")
    rows = extract(settings, "assessment", date(2017, 4, 10))
    assert rows.schema.field("addressee_no").type == pa.string()
    assert any(number.startswith("0000") for number in rows["addressee_no"].to_pylist())


@pytest.mark.deep
@pytest.mark.parametrize("day", [date(2017, 4, 10), date(2017, 5, 9)])
def test_postgresql_shows_the_same_days_as_sqlite(city: City, tmp_path: Path, schema: str, day: date) -> None:
    """The same schema and the same queries on another engine: the same records, in the same order."""
    write_sqlite(city, tmp_path / "tax.sqlite")
    write_postgresql(city, schema)
    here = SourceSettings(id="tax", name="税", kind="sqlite", path=tmp_path / "tax.sqlite", history="change_log")
    there = SourceSettings(id="tax", name="税", kind="postgresql", url=schema, history="change_log")
    for table in ("assessment", "notice"):
        assert extract(here, table, day).equals(extract(there, table, day))
    count = (SAMPLE / "queries" / "assessment_count.sql").read_text("utf-8")
    with open_source(here) as one, open_source(there) as other:
        assert one.count(count, {"as_of": day}) == other.count(count, {"as_of": day})


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty database of MariaDB."""
    url = os.environ.get("FUKUHON_TEST_MYSQL", "mysql://root@127.0.0.1:3306")
    engine = sa.create_engine(url.replace("mysql://", "mysql+pymysql://"), poolclass=sa.NullPool)
    name = f"fukuhon_{uuid.uuid4().hex[:12]}"
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    except sa.exc.OperationalError:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            pytest.fail("MariaDB is demanded and does not answer")
        pytest.skip("MariaDB does not answer")
    yield f"{url}/{name}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")


@pytest.mark.deep
@pytest.mark.parametrize("day", [date(2017, 4, 10), date(2017, 5, 9)])
def test_mariadb_shows_the_same_days_as_sqlite(city: City, tmp_path: Path, database: str, day: date) -> None:
    """The residents' system: the same schema, queries, counts and register on another engine."""
    write_sqlite(city, tmp_path / "jumin.sqlite", "jumin")
    write_mariadb(city, database.replace("mysql://", "mysql+pymysql://"))
    path = tmp_path / "jumin.sqlite"
    here = SourceSettings(id="jumin", name="住民", kind="sqlite", path=path, history="change_log")
    there = SourceSettings(id="jumin", name="住民", kind="mysql", url=database, history="change_log")
    for table in ("resident", "household"):
        assert extract(here, table, day).equals(extract(there, table, day))
    with open_source(here) as one, open_source(there) as other:
        for table in ("resident", "household"):
            count = (SAMPLE / "queries" / f"{table}_count.sql").read_text("utf-8")
            assert one.count(count, {"as_of": day}) == other.count(count, {"as_of": day})
        register = (SAMPLE / "queries" / "register.sql").read_text("utf-8")
        read = [source.read(register, {"as_of": day}, {**REGISTER_COLUMNS, "dv": "integer"}) for source in (one, other)]
        assert read[0].equals(read[1])
