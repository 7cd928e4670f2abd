"""The one process that puts bytes on the wire, and the settling of what it could not learn (DESIGN §3.2).

Airflow kills what it runs, and a started upload cannot be interrupted (seed 1.4.1): so a task only writes an order into
the ledger, and this process, in a session of its own, sends file after file under the guard.
"""

from fukuhon.sender.alone import alone
from fukuhon.sender.by_hand import ByHand, Waiting, at_terminal
from fukuhon.sender.comparing import Compared, accept, ask, compare, stopped_for
from fukuhon.sender.daily import cap_as_of
from fukuhon.sender.journal import Journal
from fukuhon.sender.loop import Sender
from fukuhon.sender.mark import Mark
from fukuhon.sender.process import run, serve, start
from fukuhon.sender.receipts import Entered, close, enter
from fukuhon.sender.rules import Rules, SiteRules, scheduled_done
from fukuhon.sender.sending import Sending
from fukuhon.sender.settling import Settled, decide, question, settle
from fukuhon.sender.waiting import Pace

__all__ = [
    "ByHand",
    "Compared",
    "Entered",
    "Journal",
    "Mark",
    "Pace",
    "Rules",
    "Sender",
    "Sending",
    "Settled",
    "SiteRules",
    "Waiting",
    "accept",
    "alone",
    "ask",
    "at_terminal",
    "cap_as_of",
    "close",
    "compare",
    "decide",
    "enter",
    "question",
    "run",
    "scheduled_done",
    "serve",
    "settle",
    "start",
    "stopped_for",
]
