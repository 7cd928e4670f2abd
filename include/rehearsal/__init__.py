"""Rehearsal: the sample city, the demo's driver, faults and incidents. It may use both sides; nothing uses it."""
