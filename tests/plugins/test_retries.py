"""The error tree and what Airflow does with each branch of it."""

from __future__ import annotations

import pytest
from airflow.sdk import RetryAction

from fukuhon.errors import ConfigurationError, DataError, FatalError, FukuhonError, RefusedError, RetriableError
from fukuhon_airflow.retries import retry_policy


@pytest.mark.parametrize(
    ("error", "waits", "action"),
    [
        (ConfigurationError, False, RetryAction.FAIL),
        (DataError, False, RetryAction.FAIL),
        (FatalError, False, RetryAction.FAIL),
        (RetriableError, False, RetryAction.RETRY),
        (RefusedError, False, RetryAction.FAIL),
        (RefusedError, True, RetryAction.RETRY),
        (FatalError, True, RetryAction.FAIL),
    ],
)
def test_each_branch_has_its_answer(
    error: type[FukuhonError], waits: object, action: RetryAction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who waits for another window tries again what a rule forbids now."""
    monkeypatch.setenv("FUKUHON_RETRY_SECONDS", "7")
    decision = retry_policy(refused_waits=bool(waits)).evaluate(error("BASE-001", url="x", why="y"), 1, 2)

    assert decision.action is action
    assert (decision.retry_delay is None) is (action is RetryAction.FAIL)


def test_what_nobody_foresaw_is_left_to_airflow() -> None:
    """A bug is tried again as often as the task says, like any task's."""
    assert retry_policy().evaluate(KeyError("x"), 1, 2).action is RetryAction.DEFAULT


def test_every_branch_of_the_tree_is_named() -> None:
    """A new class of errors without an answer would be retried blindly."""
    named = {path for rule in retry_policy().rules for path in rule.exception_path.split(",")}

    assert named == {f"fukuhon.errors.{kind.__name__}" for kind in FukuhonError.__subclasses__()}
