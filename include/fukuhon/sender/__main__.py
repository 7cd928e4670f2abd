"""``python -m fukuhon.sender SITE_FOLDER``: the sender as a child of a supervisor."""

from __future__ import annotations

import logging
import sys

from fukuhon.errors import FukuhonError
from fukuhon.sender.process import serve
from fukuhon.site import load


def main(arguments: list[str]) -> int:
    """Serve a site until a signal. Exit codes: 0 ended by a signal, 1 refused or failed, 2 wrong settings or usage."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m fukuhon.sender SITE_FOLDER\n")
        return 2
    try:
        serve(load(arguments[0]))
    except FukuhonError as error:
        sys.stderr.write(f"{error}\n{error.next_step}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
