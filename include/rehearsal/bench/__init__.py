"""The bench: the whole preparation, SELECT → fsync, on generated records, beside the straightforward pipeline.

``python -m rehearsal.bench`` writes ``var/bench/latest.json``. Layout, rules, expectations and data are generated
into a temporary site; nothing of them is kept.
"""
