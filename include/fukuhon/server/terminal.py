"""The 中間サーバー接続端末 as a channel (seed 1.5.2, methods 1 and 2): an outbox for a person, and nothing on our wire.

A folder a file: the XML (0600), its sha256 in the form that ``sha256sum -c`` reads, and a sheet that says step by step
what to do. It appears whole or not at all, and goes when the receipt is there, since it holds personal data.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from fukuhon.errors import DataError, FatalError
from fukuhon.server.port import Registration
from fukuhon.server.terminal_sheet import sheet
from fukuhon.site import Site
from fukuhon.windows import Channel

__all__ = ["SHEET", "Handout", "Outbox"]

SHEET = "作業票.html"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What the person is given: the file, what it is, and until when its upload may begin."""

    attempt: int
    name: str
    path: Path
    sha256: str
    bytes: int
    records: int
    spi: str
    dataset: str
    layout: str
    operation: str
    channel: Channel
    registration: Registration
    body: str
    requester: str
    handed: datetime
    begin_by: datetime | None
    window_end: datetime | None


@dataclass(frozen=True, slots=True)
class Outbox:
    """The folder from which the officer takes what is to be sent at the terminal (made 0700)."""

    folder: Path

    @classmethod
    def of(cls, site: Site) -> Self:
        """The outbox of a site: ``terminal/outbox`` below its work folder."""
        return cls(site.work / "terminal" / "outbox")

    def lay(self, handout: Handout) -> Path:
        """Lay a file out; what lies there already stays. Returns its folder.

        Raises DataError SERVER-022 where the file is not what the books say, FatalError SERVER-040 where the disk does
        not take it; nothing can be seen in the outbox then.
        """
        if (there := self._of(handout.attempt)) is not None:
            return there
        place = self.folder / f"{handout.attempt:06d}-{Path(handout.name).stem}"
        beside = self.folder / f".{place.name}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir(mode=0o700)
            _copy(handout, beside / handout.name)
            _put(beside / f"{handout.name}.sha256", f"{handout.sha256}  {handout.name}\n")
            _put(beside / SHEET, sheet(handout))
            beside.rename(place)
            _settle(self.folder)
        except OSError as error:
            shutil.rmtree(beside, ignore_errors=True)
            shutil.rmtree(place, ignore_errors=True)
            raise FatalError("SERVER-040", file=handout.name, why=type(error).__name__) from None
        except DataError:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        return place

    def holds(self, attempt: int) -> bool:
        """Whether the file of an attempt lies here."""
        return self._of(attempt) is not None

    def keep_only(self, attempt: int | None) -> None:
        """Take away all but the file of one attempt. What cannot be taken away now is taken away later."""
        for place in list(self._places()):
            if attempt is None or not place.name.lstrip(".").startswith(f"{attempt:06d}-"):
                shutil.rmtree(place, ignore_errors=True)

    def _of(self, attempt: int) -> Path | None:
        return next((place for place in self._places() if place.name.startswith(f"{attempt:06d}-")), None)

    def _places(self) -> Iterator[Path]:
        with suppress(OSError):
            yield from sorted(place for place in self.folder.iterdir() if place.is_dir())


def _copy(handout: Handout, to: Path) -> None:
    """Copy the file, and make sure that what was copied is what the books say."""
    digest = hashlib.sha256()
    with handout.path.open("rb") as source, os.fdopen(os.open(to, _NEW, 0o600), "wb") as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    if digest.hexdigest() != handout.sha256:
        raise DataError("SERVER-022", file=handout.name, why="sha256")


def _put(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, _NEW, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


_NEW = os.O_CREAT | os.O_WRONLY | os.O_EXCL


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
