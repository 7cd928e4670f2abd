"""突合 by two people at the 中間サーバー接続端末 (seed 1.6.3): a work sheet to type from, and an inbox for the files.

Each request has a number of ours, a line on the sheet with the fields of SC_DBM_0701 in the screen's order, and a
folder of its own in the inbox. The file that the terminal gives (``<受付番号>_result.xml``) is put there, and picked up
once it is whole and is the answer to that request and to nothing more. Sheet and inbox hold record keys: private.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from fukuhon.clock import TOKYO, Clock
from fukuhon.errors import DataError, RefusedError, RetriableError
from fukuhon.identifiers import ReceiptNumber
from fukuhon.server import answers
from fukuhon.server.download import keep
from fukuhon.server.port import CollationCase, CollationRequest, HeldRecord
from fukuhon.server.worksheet_pages import Line, as_html, as_xlsx
from fukuhon.server.xml import checked
from fukuhon.site import Site

__all__ = ["NOT_ARRIVED", "SHEET_HTML", "SHEET_XLSX", "WorksheetCollation"]

NOT_ARRIVED = frozenset({"SERVER-041", "SERVER-042"})
"""Codes of ``fetch`` that say only: people at the terminal have not come so far. A state, no failure."""

SHEET_HTML, SHEET_XLSX = "突合作業票.html", "突合作業票.xlsx"
_GREATEST = 200_000_000


@dataclass(frozen=True, slots=True)
class _Case:
    number: str
    request: CollationRequest
    registered: datetime
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class WorksheetCollation:
    """Collation where no line reaches the screens: it writes down what is asked, and takes what people bring.

    Ordering and releasing are done at the terminal, by the manager: here they change nothing.
    """

    folder: Path
    clock: Clock
    body: str
    manager: str

    @classmethod
    def of(cls, site: Site, manager: str) -> Self:
        """Sheet and inbox of a site: ``terminal/collation`` below its work folder."""
        return cls(site.work / "terminal" / "collation", site.clock(), site.body.name, manager)

    @property
    def inbox(self) -> Path:
        """The folder with one folder a request."""
        return self.folder / "inbox"

    @staticmethod
    def is_mine(number: str) -> bool:
        """Whether a number was given here: the server's own are 21 digits."""
        return number.startswith("W")

    def ask(self, request: CollationRequest) -> CollationCase:
        """Put a request on the sheet; the same one again is the one that is there. Raises FatalError SERVER-023."""
        cases = self._cases()
        case = next((each for each in cases if each.request == request), None)
        if case is None:
            case = _Case(f"W{len(cases) + 1:05d}", request, self.clock.now())
            self._keep(case)
        (self.inbox / case.number).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write_sheets()
        return self._told(case)

    def order(self, number: str) -> CollationCase:
        """The manager has it made at the terminal."""
        return self.state(number)

    def release(self, number: str) -> CollationCase:
        """The manager lets it out at the terminal."""
        return self.state(number)

    def has_arrived(self, number: str) -> bool:
        """Whether something lies whole in the request's folder, or was taken from there."""
        case = self._case(number)
        if case.receipt is not None:
            return True
        try:
            return bool(_whole(self._brought(number)))
        except (RefusedError, RetriableError):
            return False
        except DataError:  # it is the wrong one, which taking it will say
            return True

    def state(self, number: str) -> CollationCase:
        """``released`` once a file lies in the request's folder. Raises RefusedError SERVER-125."""
        return self._told(self._case(number))

    def fetch(self, number: str, folder: Path) -> Path:
        """Take the file of a request into ``folder``, under the name that it has, and out of the inbox.

        Raises RefusedError SERVER-041 while there is none; RetriableError SERVER-042 while it is being copied;
        DataError SERVER-003 where it is not of the contract, SERVER-043 where it answers another request or holds more
        than was asked, SERVER-044 for several files or a name that is none.
        """
        case = self._case(number)
        if case.receipt is not None and (there := folder / f"{case.receipt}_result.xml").exists():
            return there
        path = self._brought(number)
        receipt = ReceiptNumber.of_result_file(path.name)
        content = _whole(path)
        _answers(content, case, receipt)
        if any(other.receipt == receipt for other in self._cases() if other.number != number):
            raise DataError("SERVER-043", number=number, why="別の依頼で使った受付番号")
        kept = keep(folder / path.name, content)
        self._keep(_Case(case.number, case.request, case.registered, str(receipt)))
        path.unlink()
        self._write_sheets()
        return kept

    def _brought(self, number: str) -> Path:
        found = self._lying(number)
        if not found:
            raise RefusedError("SERVER-041", number=number)
        if len(found) > 1 or found[0].is_symlink() or not found[0].is_file():
            raise DataError("SERVER-044", number=number, count=len(found))
        return found[0]

    def _lying(self, number: str) -> list[Path]:
        return [path for path in sorted((self.inbox / number).glob("*")) if not path.name.startswith((".", "~"))]

    def _told(self, case: _Case) -> CollationCase:
        ready = case.receipt is not None or bool(self._lying(case.number))
        request = case.request
        file = f"{case.receipt}_result.xml" if case.receipt else None
        return CollationCase(
            case.number,
            "released" if ready else "asked",
            request.spi,
            request.dataset,
            request.user,
            case.registered,
            file,
        )

    def _cases(self) -> list[_Case]:
        return [_read(path) for path in sorted((self.folder / "cases").glob("W*.json"))]

    def _case(self, number: str) -> _Case:
        for case in self._cases():
            if case.number == number:
                return case
        raise RefusedError("SERVER-125")

    def _keep(self, case: _Case) -> None:
        body = asdict(case) | {"registered": case.registered.isoformat()}
        body["request"]["minute"] = case.request.minute.isoformat()
        keep(self.folder / "cases" / f"{case.number}.json", json.dumps(body, ensure_ascii=False).encode())

    def _write_sheets(self) -> None:
        """Both sheets anew, with what is still to be done."""
        lines = [_line(case) for case in self._cases() if case.receipt is None]
        keep(self.folder / SHEET_HTML, as_html(self.body, self.manager, lines).encode())
        keep(self.folder / SHEET_XLSX, as_xlsx(self.body, self.manager, lines))


def _read(path: Path) -> _Case:
    body = json.loads(path.read_text(encoding="utf-8"))
    request = body["request"] | {"minute": datetime.fromisoformat(body["request"]["minute"])}
    registered = datetime.fromisoformat(body["registered"])
    return _Case(body["number"], CollationRequest(**request), registered, body["receipt"])


def _line(case: _Case) -> Line:
    request, minute = case.request, case.request.minute.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
    # the screen takes a version with what follows the point cut off
    version = (request.version or "").partition(".")[0]
    fields = (request.spi, request.dataset, request.key, version, "", request.user, minute, minute)
    return Line(case.number, fields, f"inbox/{case.number}")


def _whole(path: Path) -> bytes:
    """The file's bytes once its last tag is there: until then somebody is still copying it."""
    try:
        if path.stat().st_size > _GREATEST:
            raise DataError("SERVER-043", number=path.parent.name, why="大きすぎる（全件出力）")
        content = path.read_bytes()
    except OSError as error:
        raise RetriableError("SERVER-042", file=path.name, why=type(error).__name__) from None
    if not content.rstrip().endswith((b"</CollationFile>", b"/>")):
        raise RetriableError("SERVER-042", file=path.name, why="末尾がない")
    return content


def _answers(content: bytes, case: _Case, receipt: str) -> None:
    """Whether a file holds what was asked and nothing else. An empty one may be: an empty minute proves nothing."""
    root, request = checked(content, "CollationFile", "collation file"), case.request
    records: Sequence[HeldRecord] = answers.collation_file(content)
    for what, wrong in (
        ("受付番号", root.get("number") != receipt),
        ("件数", root.get("records") != str(len(records))),
        ("特定個人情報", any(record.spi != request.spi for record in records)),
        ("データセット", any(record.dataset != request.dataset for record in records)),
        ("データセットレコードのキー", any(record.key != request.key for record in records)),
        ("副本登録日時", any(_minute(record.registered) != _minute(request.minute) for record in records)),
    ):
        if wrong:
            raise DataError("SERVER-043", number=case.number, why=what)


def _minute(instant: datetime) -> datetime:
    return instant.astimezone(TOKYO).replace(second=0, microsecond=0)
