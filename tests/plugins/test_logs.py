"""The mask of task logs: numbers of people never reach a log."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import structlog
from airflow.sdk._shared.logging.factory import resolve_remote_task_log
from airflow.sdk._shared.logging.structlog import structlog_processors
from airflow.sdk.configuration import conf
from hypothesis import given
from hypothesis import strategies as st

from fukuhon_airflow import logs


@pytest.mark.parametrize("text", ["123456789018", "012345678901234", "１２３４５６７８９０１８", "1234-5678-9018"])
def test_twelve_and_fifteen_digits_are_masked(text: str) -> None:
    """Half-width or full-width, in one run or in groups, wherever they stand."""
    assert logs.mask_text(f"宛名{text}の") == f"宛名{logs.MASK}の"


@pytest.mark.parametrize("text", ["0601201704121234567890", "2017-04-12 09:00:00", "TM00000000000002", "1234567890"])
def test_other_numbers_are_left(text: str) -> None:
    """Receipt numbers, codes, days and counts are what an officer needs to see."""
    assert logs.mask_text(text) == text


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_no_line_keeps_a_number_in_any_depth(content: Any) -> None:
    """What was masked once has nothing left to mask."""
    line = logs.mask_numbers(None, "info", {"event": content, "error_detail": [{"exc_value": content}]})

    assert logs.mask_numbers(None, "info", dict(line)) == line
    assert not logs._NUMBERS.search(json.dumps(line, ensure_ascii=False, default=str)) or not isinstance(content, str)


def test_airflow_s_own_writer_of_task_logs_takes_the_mask() -> None:
    """It is found by the setting, and runs on the line that is written."""

    def import_string(path: str) -> Any:
        return getattr(logs, path.rpartition(".")[2])

    remote, _ = resolve_remote_task_log(conf=conf, providers_manager=None, import_string=import_string)  # type: ignore[arg-type]
    assert remote is logs.REMOTE_TASK_LOG

    out = io.BytesIO()
    before, _, writer = structlog_processors(json_output=True)
    chain = (*before, *remote.processors, writer)
    log = structlog.wrap_logger(structlog.BytesLogger(out), processors=chain, logger_name="task")
    try:
        raise ValueError(  # noqa: TRY301 - only to be logged
            "宛名番号 012345678901234 がありません"
        )
    except ValueError:
        log.exception("個人番号 %s", "123456789018", count=123456789018)

    written = out.getvalue().decode()
    assert "012345678901234" not in written
    assert "123456789018" not in written
    assert logs.MASK in written


def test_a_component_s_writer_takes_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local executor repeats task logs on the scheduler's output."""
    processors: list[Any] = ["first", "renderer"]
    monkeypatch.setattr(structlog, "get_config", lambda: {"processors": processors})
    logs.MaskInstaller()
    logs.MaskInstaller()

    assert processors == ["first", logs.mask_numbers, "renderer"]
    assert logs.LOGGING_CONFIG["handlers"]["fukuhon_mask"]["class"] == "fukuhon_airflow.logs.MaskInstaller"


def test_nothing_is_shipped() -> None:
    """The object that Airflow would ship logs with leaves them where they are."""
    logs.REMOTE_TASK_LOG.upload("any")

    assert logs.REMOTE_TASK_LOG.read("any", None) == ([], None)  # type: ignore[arg-type]
