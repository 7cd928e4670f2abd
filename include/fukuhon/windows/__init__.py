"""When bytes may be put on the wire: windows, the plan of files into them, and the guard before every start.

The rules are the seed's (1.4.1, 1.5, 5.1.4) and dated: hours, modes and the cap are settings with a validity. Nothing
here asks for the time or touches the ledger; what was spent and measured is handed in.
"""

from __future__ import annotations

from fukuhon.windows.batches import NIGHT, Batches
from fukuhon.windows.cap import CapDecision, DailyCap, Initial, Upload, daily_cap, initial_total
from fukuhon.windows.channels import CHANNEL_HOURS, NOT_YET, ChannelHours, channel_windows
from fukuhon.windows.conflicts import Job, Outcome, ScheduledBatch, resolve_conflicts
from fukuhon.windows.guard import guard, refusals
from fukuhon.windows.initial import initial_windows
from fukuhon.windows.model import TAX, Allotment, AllotmentState, Channel, FileToSend, Kind, Part, Window, part_of
from fukuhon.windows.opening import Premises, current, open_windows
from fukuhon.windows.plan import Line, Placement, Plan, Unplaceable, greatest_bytes, plan
from fukuhon.windows.rate import bytes_in, line_rate, seconds_for

__all__ = [
    "CHANNEL_HOURS",
    "NIGHT",
    "NOT_YET",
    "TAX",
    "Allotment",
    "AllotmentState",
    "Batches",
    "CapDecision",
    "Channel",
    "ChannelHours",
    "DailyCap",
    "FileToSend",
    "Initial",
    "Job",
    "Kind",
    "Line",
    "Outcome",
    "Part",
    "Placement",
    "Plan",
    "Premises",
    "ScheduledBatch",
    "Unplaceable",
    "Upload",
    "Window",
    "bytes_in",
    "channel_windows",
    "current",
    "daily_cap",
    "greatest_bytes",
    "guard",
    "initial_total",
    "initial_windows",
    "line_rate",
    "open_windows",
    "part_of",
    "plan",
    "refusals",
    "resolve_conflicts",
    "seconds_for",
]
