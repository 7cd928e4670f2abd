"""What the server holds as far as we know, and what has to change: computed from sidecars, not kept row by row."""

from __future__ import annotations

from fukuhon.records.checkpoints import Checkpoint
from fukuhon.records.differences import Differences, Question
from fukuhon.records.effects import Effect, effects, expired
from fukuhon.records.holdings import Conflicts, Holdings, save_checkpoint
from fukuhon.records.model import ACCEPTED, UNDER_WAY, AcceptedFile, PendingFile
from fukuhon.records.overlaps import overlaps
from fukuhon.records.positions import read_positions, write_positions

__all__ = [
    "ACCEPTED",
    "UNDER_WAY",
    "AcceptedFile",
    "Checkpoint",
    "Conflicts",
    "Differences",
    "Effect",
    "Holdings",
    "PendingFile",
    "Question",
    "effects",
    "expired",
    "overlaps",
    "read_positions",
    "save_checkpoint",
    "write_positions",
]
