"""Records that a department without a system types into a workbook: the template, reading it back, answers in it."""

from __future__ import annotations

from fukuhon.files.entry.answering import write_answers
from fukuhon.files.entry.reading import Entered, read_entries
from fukuhon.files.entry.template import entry_columns, entry_rules, write_entry_template

__all__ = ["Entered", "entry_columns", "entry_rules", "read_entries", "write_answers", "write_entry_template"]
