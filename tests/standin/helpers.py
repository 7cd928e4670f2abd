"""A client of the stand-in for tests, and files to send it. Loaded by path: the folders of tests are no packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
from lxml import etree

from standin.testing import running

ANSWERS = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "include" / "messages" / "answers.xsd"))
BODY = "992011"
SPI = "TM00000000000002"
LEVY = "TK00000200000001"
NOTICE = "TK00000200000002"
ROLES = {"gyomu001": "9000000001", "totsu001": "9000000004", "seki001": "9000000005", "kanri001": "9000000006"}
PATHS = {
    1: "/terminal/scheduled/files",
    2: "/terminal/immediate/files",
    3: "/xml-linkage/files",
    4: "/web-service/files",
}
ITEMS = {
    "I0201": "2016",
    "I0202": "01",
    "I0203": "1",
    "I0204": "2016-06-30",
    "I0205": "1000",
    "I0206": "0",
    "I0207": "1000",
    "I0208": "3",
    "I0211": "0",
}


def set_up(**changes: Any) -> dict[str, Any]:
    """A body whose line and batch take no time, unless a test says otherwise."""
    return {
        "name": "見本市",
        "group": 2,
        "accounts": [{"user": user, "password": f"pw-{user}", "role": role} for user, role in ROLES.items()],
        "devices": ["T-0001"],
        "allotments": [{"days": ["2017-04-12", "2017-04-13"], "from": "09:00", "to": "12:00", "bytes": 500_000_000}],
        "batch": {"records_per_s": 1, "gap_s": 60},
        **changes,
    }


def record(number: int, items: Mapping[str, str | None] | None = None, **parts: str) -> str:
    """One record of 個人住民税納付情報; ``parts`` replace or add Addressee, Key, Version, PublishedFrom …"""
    values = {"Addressee": f"{number:015d}", "Key": f"{number:010d}", **parts}
    order = ("Addressee", "Key", "Version", "PublishedFrom", "PublishedTo")
    head = "".join(f"<{name}>{values[name]}</{name}>" for name in order if name in values)
    wanted = {**ITEMS, **(items or {})}
    inner = "".join(f"<{code}>{value}</{code}>" for code, value in wanted.items() if value is not None)
    return f"<Record>{head}<Items>{inner}</Items></Record>"


def make_file(records: int | Sequence[str], /, *, bad: Sequence[int] = (), **head: str) -> bytes:
    """A file of records, or of so many good ones; those at a position in ``bad`` (from 1) carry an unknown code."""
    if isinstance(records, int):
        records = [record(number, {"I0202": "77"} if number in bad else None) for number in range(1, records + 1)]
    values = {
        "body": BODY,
        "spi": SPI,
        "dataset": NOTICE,
        "layout": "2017.1",
        "operation": "register",
        "records": str(len(records)),
        **head,
    }
    attributes = "".join(f' {name}="{value}"' for name, value in values.items())
    root = f'<File xmlns="urn:fukuhon:file:1"{attributes}>{"".join(records)}</File>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}'.encode()


def deletion(*numbers: int) -> bytes:
    """A file that deletes records."""
    rows = [f"<Record><Addressee>{n:015d}</Addressee><Key>{n:010d}</Key></Record>" for n in numbers]
    return make_file(rows, operation="delete")


class Standin:
    """A running stand-in with one body, as a test talks to it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, trust_env=False, timeout=60)

    def control(self, method: str, path: str, row: Any = None) -> Any:
        """Ask the control plane for what must succeed."""
        answer = self.http.request(method, path, json=row)
        answer.raise_for_status()
        return answer.json()

    def put(self, **changes: Any) -> None:
        """Set the body up."""
        self.control("PUT", f"/control/bodies/{BODY}", set_up(**changes))

    def patch(self, **changes: Any) -> None:
        """Change some of its set-up."""
        self.control("PATCH", f"/control/bodies/{BODY}", changes)

    def step(self, to: str) -> None:
        """Move the clock."""
        self.control("POST", "/control/step", {"to": instant(to)})

    def now(self) -> str:
        """Tell the simulated time."""
        return self.control("GET", "/clock")["now"]

    def seen(self, what: str) -> Any:
        """What the server has seen of the body."""
        return self.control("GET", f"/control/bodies/{BODY}/{what}")

    def kinds(self) -> list[str]:
        """The violations so far, by kind."""
        return [one["kind"] for one in self.seen("violations")]

    def call(self, method: str, path: str, user: str = "gyomu001", **options: Any) -> httpx.Response:
        """Call the server as one of its users."""
        headers = {"X-Device": "T-0001", **options.pop("headers", {})}
        auth = options.pop("auth", (user, f"pw-{user}"))
        answer = self.http.request(method, f"/bodies/{BODY}{path}", auth=auth, headers=headers, **options)
        if answer.content:
            ANSWERS.assertValid(etree.fromstring(answer.content))
        return answer

    def upload(
        self, content: Any, kind: str = "pretest", channel: int = 3, headers: Any = None, **options: Any
    ) -> httpx.Response:
        """Upload, whatever comes of it."""
        headers = {"X-Registration": kind, **(headers or {})}
        return self.call("POST", PATHS[channel], content=content, headers=headers, **options)

    def send(self, content: Any, kind: str = "pretest", channel: int = 3, headers: Any = None) -> str:
        """Upload what must be taken, and return its receipt number."""
        answer = self.upload(content, kind, channel, headers)
        assert answer.status_code == 200, answer.text
        return re.search('number="([0-9]+)"', answer.text)[1]

    def results(self, first: str, last: str | None = None, user: str = "gyomu001") -> list[dict[str, str]]:
        """Look at the list of results."""
        answer = self.call("GET", f"/results?from={first}&to={last or first}", user)
        assert answer.status_code == 200, answer.text
        return [dict(one.attrib) for one in ET.fromstring(answer.content)]

    def detail(self, number: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
        """Look at one result: its attributes, and its errors by position."""
        answer = self.call("GET", f"/results/{number}")
        assert answer.status_code == 200, answer.text
        root = ET.fromstring(answer.content)
        return dict(root.attrib), [(int(one.attrib["position"]), one.attrib["code"]) for one in root]

    def file(self, number: str) -> dict[str, Any]:
        """What the control plane says of a file: unlike a look it counts for nothing."""
        return next(one for one in self.seen("files") if one["receipt"] == number)


def code(answer: httpx.Response) -> str:
    """The code of a fault."""
    found = re.search('<Fault[^>]* code="([a-z_]+)"', answer.text)
    return found[1] if found else f"{answer.status_code} without a fault"


def instant(text: str) -> str:
    """``2017-04-12 09:00`` as an instant in Japan."""
    return text if "+" in text else text.replace(" ", "T") + "+09:00"


@contextmanager
def standin(folder: Path, start: str = "2017-04-03 08:00", **changes: Any) -> Iterator[Standin]:
    """A stand-in with one body, in a thread."""
    with running(folder, start=instant(start)) as address:
        client = Standin(address)
        client.put(**changes)
        yield client
        client.http.close()
