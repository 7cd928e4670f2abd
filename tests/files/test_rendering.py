from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.files import Header, Operation, wire_bytes
from fukuhon.files.rendering import ENVELOPE_BYTES, FOOTER, opening, render

VALUES = st.lists(st.one_of(st.none(), st.sampled_from(["", "東京都", "a&b", "<<", "1"])), min_size=5, max_size=5)


@settings(deadline=None)
@given(first=VALUES, second=VALUES, operation=st.sampled_from(Operation))
def test_sizes_are_told_without_rendering(
    records: Callable[..., pa.Table], first: Any, second: Any, operation: Any
) -> None:
    """The split must know each record's size before a byte is written: escapes, missing items and all."""
    (batch,) = records({"I0101": first, "I0102": second}).to_batches()
    texts = render(batch, operation)
    assert wire_bytes(batch, operation=operation).equals(pc.binary_length(texts).cast("int64"))


def test_the_envelope_is_as_small_as_it_is_said_to_be(header: Header) -> None:
    """Caps are kept by adding the envelope to the records' sizes."""
    assert len(opening(header, 10**12)) + len(FOOTER) < ENVELOPE_BYTES
