"""From answers to a folder: everything is looked at first, then written, all of it or nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fukuhon.clock import SystemClock
from fukuhon.commands.first_site import drafting
from fukuhon.commands.first_site.answers import Answers, DatasetAnswer, RegisterAnswer
from fukuhon.commands.first_site.drafting import Draft
from fukuhon.commands.first_site.looking import Seen, look
from fukuhon.commands.first_site.matching import Matched, Wanted, match, match_register, wanted_of
from fukuhon.commands.first_site.settings import ACCOUNTS, schedule_yaml, site_yaml
from fukuhon.errors import ConfigurationError, DataError
from fukuhon.layouts import DatasetLayout, packs_in
from fukuhon.site import load
from fukuhon.site.resources import resource_folders
from fukuhon.site.secrets import private_folder

__all__ = ["Founded", "found", "refuse_existing"]

_PRACTICE_BEGINS = date(2017, 4, 10)
_NOTHING: Callable[[Seen], None] = lambda _: None  # noqa: E731 - a default that does nothing


@dataclass(frozen=True, slots=True)
class Founded:
    """What was made: files by path, and what a person still has to say, by dataset's code or ``register``."""

    folder: Path
    files: Sequence[str]
    mapped: Mapping[str, int]
    lacking: Mapping[str, Sequence[Wanted]]


def refuse_existing(folder: Path) -> None:
    """Raise ConfigurationError COMMANDS-071 where a site stands in the folder already."""
    if (folder / "site.yaml").exists():
        raise ConfigurationError("COMMANDS-071", file=folder / "site.yaml")


def found(folder: Path, answers: Answers, seen_one: Callable[[Seen], None] = _NOTHING) -> Founded:
    """Make a site in ``folder``, which may hold layouts of its own already; ``seen_one`` is told each source.

    Raises ConfigurationError: COMMANDS-071 (something is there), -074 (a dataset without a layout), -075, -076, -077,
    -078 (a source that nobody named), SITE-003 (the whole does not agree), SITE-011 (no folder can be made), DataError
    COMMANDS-079 (it cannot be written), and what the sources raise.
    """
    refuse_existing(folder)
    seen: dict[str, Seen] = {}
    for answer in answers.sources:
        seen[answer.id] = look(answer)
        seen_one(seen[answer.id])
    day = answers.start or (_PRACTICE_BEGINS if answers.clock == "standin" else SystemClock().now().date())
    drafts = [_draft(folder, one, seen, day) for one in answers.datasets]
    register, named = _register(answers, seen)
    texts = {"schedule.yaml": schedule_yaml(day), **_texts(answers, seen, drafts, (register, named))}
    _write(folder, texts)
    try:
        load(folder)
    except Exception:
        _take_back(folder, texts)
        raise
    lacking = {draft.layout.code: draft.matched.lacking for draft in drafts} | {"register": named.lacking}
    mapped = {draft.layout.code: len(draft.matched.columns) for draft in drafts} | {"register": len(named.columns)}
    return Founded(folder, tuple(texts), mapped, {code: what for code, what in lacking.items() if what})


def _draft(folder: Path, answer: DatasetAnswer, seen: Mapping[str, Seen], day: date) -> Draft:
    layout = _layout(folder, answer.code, day)
    source = _named(seen, answer.source)
    table = source.table(answer.table)
    columns = source.tables[table]
    matched = match(wanted_of(layout), columns, answer.columns, answer.code)
    if answer.variation is not None and answer.variation not in columns:
        raise ConfigurationError("COMMANDS-075", where=answer.code, names=answer.variation, known="、".join(columns))
    keys = {matched.columns.get("addressee"), matched.columns.get("record_key")}
    kinds = {name: "text" if name in keys else kind for name, kind in columns.items()}
    return Draft(answer, layout, source.answer.kind, table, kinds, matched, day)


def _layout(folder: Path, code: str, day: date) -> DatasetLayout:
    known = packs_in(resource_folders(folder.absolute(), "layouts"))
    try:
        return known.in_force(code, day)
    except ConfigurationError:
        codes = sorted({layout.code for pack in known.packs for layout in pack.datasets})
        raise ConfigurationError("COMMANDS-074", dataset=code, day=day, known="、".join(codes)) from None


def _register(answers: Answers, seen: Mapping[str, Seen]) -> tuple[RegisterAnswer, Matched]:
    """Where the addressee register is: where it was said to be, else in the first dataset's table."""
    first = answers.datasets[0]
    answer = answers.register_ or RegisterAnswer(source=first.source, table=first.table)
    source = _named(seen, answer.source)
    table = source.table(answer.table)
    matched = match_register(source.tables[table], answer.columns, "register")
    return RegisterAnswer(source=answer.source, table=table, columns=answer.columns), matched


def _named(seen: Mapping[str, Seen], source: str) -> Seen:
    if source not in seen:
        raise ConfigurationError("COMMANDS-078", source=source, known="、".join(seen))
    return seen[source]


def _texts(
    answers: Answers, seen: Mapping[str, Seen], drafts: Sequence[Draft], found_register: tuple[RegisterAnswer, Matched]
) -> dict[str, str]:
    """The files of the site by their paths within it; ``site.yaml`` is the last, so who has it has the rest."""
    register, named = found_register
    spis: dict[str, list[DatasetAnswer]] = {}
    by_spi: dict[str, list[Draft]] = {}
    for draft in drafts:
        spis.setdefault(draft.layout.spi, []).append(draft.answer)
        by_spi.setdefault(draft.layout.spi, []).append(draft)
    where = f"{{source: {register.source}, query: register}}"
    make = seen[register.source].answer.kind
    texts = {
        "queries/register.sql": drafting.register_query(make, register.table or "source", named),
        **{f"queries/{draft.layout.code}.sql": drafting.select(draft) for draft in drafts},
        **{
            f"queries/{d.layout.code}_count.sql": drafting.count_query(d) for d in drafts if not d.answer.control_totals
        },
        **{f"rules/{draft.layout.code}.yaml": drafting.rule_book(draft) for draft in drafts},
        **{f"expectations/own-{spi}.yaml": drafting.expectations(spi, group) for spi, group in by_spi.items()},
    }
    for key in ACCOUNTS:
        account = answers.accounts.get(key)  # type: ignore[call-overload]
        if account is None or account.password is None:
            texts[f"secrets/{key}"] = ""
    texts["site.yaml"] = site_yaml(answers, seen.values(), spis, where)
    return texts


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write every file anew, 0600 in folders 0700. What is there stays, and then nothing of ours does."""
    made: list[Path] = []
    private_folder(folder)
    path = folder
    try:
        for name, text in texts.items():
            path = folder / name
            private_folder(path.parent)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            made.append(path)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        for one in made:
            one.unlink(missing_ok=True)
        if error.errno == errno.EEXIST:
            raise ConfigurationError("COMMANDS-071", file=path) from None
        raise DataError("COMMANDS-079", file=path, why=os.strerror(error.errno or 0)) from None


def _take_back(folder: Path, texts: Mapping[str, str]) -> None:
    for name in texts:
        (folder / name).unlink(missing_ok=True)
