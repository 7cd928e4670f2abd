"""Backups: the books, what they refer to, and the settings in one sealed file; the key of all hashes apart."""

from __future__ import annotations

from fukuhon.backup.looking import accept, is_pending, look
from fukuhon.backup.restoring import Restored, restore
from fukuhon.backup.writing import Written, write

__all__ = ["Restored", "Written", "accept", "is_pending", "look", "restore", "write"]
