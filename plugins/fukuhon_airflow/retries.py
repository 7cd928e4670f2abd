"""What Airflow does with each branch of the library's error tree, said once instead of by try/except in tasks.

Exceptions are named by their path, so that a dag file imports nothing of the library for it.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

__all__ = ["RETRIES", "retry_delay", "retry_policy"]

RETRIES = 2
"""How often a task that only prepares or asks is tried again."""


def retry_delay() -> timedelta:
    """How long to wait before the next try: ``FUKUHON_RETRY_SECONDS``, 300 s where it is not set."""
    return timedelta(seconds=float(os.environ.get("FUKUHON_RETRY_SECONDS", "300")))


def _rule(name: str, action: RetryAction, reason: str, delay: timedelta | None = None) -> RetryRule:
    return RetryRule(exception=f"fukuhon.errors.{name}", action=action, reason=reason, retry_delay=delay)


def retry_policy(*, refused_waits: bool = False) -> ExceptionRetryPolicy:
    """Settings, data and contradictions fail at once; a side that is away is tried again.

    ``refused_waits``: what a rule forbids now is tried again later (an upload behind a window in doubt), too; else a
    person has to act first, and it fails.
    """
    delay = retry_delay()
    later = (
        _rule("RefusedError", RetryAction.RETRY, "規則により今は実行できません。後でもう一度試します", delay)
        if refused_waits
        else _rule("RefusedError", RetryAction.FAIL, "規則により実行できません")
    )
    return ExceptionRetryPolicy(
        rules=[
            _rule("ConfigurationError", RetryAction.FAIL, "設定の誤りです。直してから実行してください"),
            _rule("DataError", RetryAction.FAIL, "データの誤りです。直してから実行してください"),
            _rule("FatalError", RetryAction.FAIL, "記録に矛盾があります。担当者が確認してください"),
            later,
            _rule("RetriableError", RetryAction.RETRY, "相手先が応答しません。もう一度試します", delay),
        ],
    )
