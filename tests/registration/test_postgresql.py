"""The same thread with the existing system and the ledger on PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from fukuhon.clock import tokyo
from fukuhon.ledger import runs, tallies
from fukuhon.registration import initial, planning, results
from rehearsal.city import City, write_postgresql, write_site
from rehearsal.town import SPI, Town, standin_for, town_at

pytestmark = pytest.mark.deep


@pytest.fixture
def schemas() -> Iterator[dict[str, str]]:
    """The addresses of two empty schemas: one for the existing system, one for the ledger."""
    user = os.environ.get("PGUSER", "root")
    base = os.environ.get("FUKUHON_TEST_POSTGRESQL", f"postgresql://{user}@127.0.0.1:5432/postgres").format(user=user)
    engine = sa.create_engine(base.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    names = {what: f"fukuhon_{what}_{uuid.uuid4().hex[:10]}" for what in ("source", "ledger")}
    try:
        with engine.begin() as connection:
            for name in names.values():
                connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    except sa.exc.OperationalError:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            pytest.fail("PostgreSQL is demanded and does not answer")
        pytest.skip("PostgreSQL does not answer")
    yield {what: f"{base}?options=-csearch_path%3D{name}" for what, name in names.items()}
    with engine.begin() as connection:
        for name in names.values():
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def on_postgresql(
    city: City, schemas: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """The town, its tax system and its ledger on PostgreSQL."""
    folder = tmp_path / "site"
    write_site(city, folder)
    write_postgresql(city, schemas["source"])
    (folder / "data" / "tax.sqlite").unlink()
    settings = folder / "site.yaml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("    kind: sqlite\n    path: data/tax.sqlite\n", "    kind: postgresql\n    env: TAX_URL\n")
    text = text.replace('ledger: {url: "sqlite:///${FUKUHON_DATA:-var}/ledger.db"}', "ledger: {env: LEDGER_URL}")
    settings.write_text(text, encoding="utf-8")
    monkeypatch.setenv("TAX_URL", schemas["source"])
    monkeypatch.setenv("LEDGER_URL", schemas["ledger"].replace("postgresql://", "postgresql+psycopg://"))
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "data"))
    with standin_for(folder, tmp_path / "standin") as url:
        monkeypatch.setenv("FUKUHON_SERVER_URL", url)
        with town_at(folder, url) as town:
            yield town


def test_the_thread_runs_on_postgresql_and_its_books_close(on_postgresql: Town, city: City) -> None:
    """初期登録 from PostgreSQL, books in PostgreSQL: the truth's counts, and what the server holds."""
    town = on_postgresql
    told = initial.prepare(town.desk, SPI, tokyo(date(2017, 4, 11)))
    truth = [counts for by in city.truth.days[0].tallies().values() for counts in by.values()]
    for name in ("read", "out_of_scope", "quarantined", "withheld", "to_register"):
        assert told.counts[name] == sum(counts[name] for counts in truth), name

    planning.plan(town.desk)
    for day in (13, 14):
        town.send("initial")
        town.at(date(2017, 4, day))
        results.confirm(town.desk)
        planning.plan(town.desk)
    town.at(date(2017, 4, 15), 10)
    results.confirm(town.desk)

    with town.desk.ledger.reading() as reader:
        last = runs.find(reader, state="done")[-1].id
        tallies.verify(reader, last)
        registered = {dataset: tally.registered for dataset, tally in tallies.by_dataset(reader, last).items()}
    assert registered == town.held()
    assert sum(registered.values()) == told.counts["to_register"]
