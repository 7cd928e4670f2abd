"""Great Expectations over failure masks: its result is the verdict of record.

Every rule is an expectation on one boolean column, its mask. One metric counts all masks of a batch, and every
expectation reads its own count from it: Great Expectations' usual seven metrics a column took longer than all masks. No
value of a person is ever in front of Great Expectations, and its results can hold counts only. Importing this module
imports Great Expectations (about two seconds): `judge` does so when it is needed.
"""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from fukuhon.errors import FatalError
from fukuhon.quality.model import Kind, Severity

os.environ["GX_ANALYTICS_ENABLED"] = "false"
# It logs each dropped class, each function it documents and tracebacks, some of its modules at a level of their own.
# What we need to know of it, we read from results.
logging.getLogger("great_expectations").propagate = False
logging.getLogger("great_expectations").addHandler(logging.NullHandler())

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns about its own dependencies
    import great_expectations as gx
    from great_expectations.core.batch import Batch
    from great_expectations.core.metric_domain_types import MetricDomainTypes
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
    from great_expectations.validator.metric_configuration import MetricConfiguration
    from great_expectations.validator.validator import ValidationDependencies, Validator

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

    from fukuhon.quality.model import Rule

__all__ = [
    "ExpectBaselineRuleToHold",
    "ExpectRowRuleToHold",
    "ExpectTableRuleToHold",
    "ExpectUniqueRuleToHold",
    "GxSuite",
    "RuleResult",
    "same",
    "version",
]

version: str = gx.__version__
_METRIC = "table.fukuhon_failures"
_FORMAT = {"result_format": "BASIC"}


class Failures(TableMetricProvider):
    """The metric: of every mask of the batch, how many records it covers and how many fail."""

    metric_name = _METRIC

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805  # the decorator makes it a class method
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        **_: Any,
    ) -> dict[str, tuple[int, int]]:
        masks, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        return {str(name): (int(mask.count()), int(mask.sum())) for name, mask in masks.items()}


class _RuleExpectation(BatchExpectation):
    """A rule on the column that carries its mask: no record of it may be set."""

    column: str
    metric_dependencies: ClassVar[tuple[str, ...]] = (_METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("column",)

    def get_validation_dependencies(
        self,
        execution_engine: Any = None,  # noqa: ARG002  # Great Expectations' signature
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> ValidationDependencies:
        """The one metric of the batch, said outright: found out by Great Expectations it takes longer than all else."""
        wanted = MetricConfiguration(metric_name=_METRIC, metric_domain_kwargs={"batch_id": self.batch_id})
        return ValidationDependencies({_METRIC: wanted}, dict(_FORMAT))

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002  # Great Expectations' signature
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        elements, unexpected = metrics[_METRIC][self.column]
        return {
            "success": unexpected == 0,
            "result": {"element_count": elements, "unexpected_count": unexpected},
        }


class ExpectRowRuleToHold(_RuleExpectation):
    """A rule on one record at a time."""


class ExpectUniqueRuleToHold(_RuleExpectation):
    """A key stands once, or belongs to one owner, over the whole extract."""


class ExpectBaselineRuleToHold(_RuleExpectation):
    """A record does not contradict what was accepted before."""


class ExpectTableRuleToHold(_RuleExpectation):
    """A class's count or share lies in its range."""


_TYPES = {
    Kind.ROW: "expect_row_rule_to_hold",
    Kind.UNIQUE: "expect_unique_rule_to_hold",
    Kind.BASELINE: "expect_baseline_rule_to_hold",
    Kind.TABLE: "expect_table_rule_to_hold",
}
_SEVERITIES = {
    Severity.STOP: FailureSeverity.CRITICAL,
    Severity.QUARANTINE: FailureSeverity.WARNING,
    Severity.WARN: FailureSeverity.INFO,
}


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What Great Expectations says of one rule over one or more batches of masks."""

    rule: str
    success: bool
    elements: int
    unexpected: int

    def __add__(self, other: RuleResult) -> RuleResult:
        assert self.rule == other.rule
        return RuleResult(
            self.rule,
            self.success and other.success,
            self.elements + other.elements,
            self.unexpected + other.unexpected,
        )


class GxSuite:
    """The declared rules as one suite of expectations; raises FatalError QUALITY-010 when one did not arrive in it.

    Great Expectations drops an expectation whose class it does not know with a line in its log, hence the count.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._suite = gx.ExpectationSuite(name="fukuhon", expectations=[_configuration(rule) for rule in self.rules])
        same([rule.id for rule in self.rules], self.loaded, "loaded")

    @property
    def loaded(self) -> tuple[str, ...]:
        """The rule ids that the suite holds."""
        return tuple(str(expectation.configuration.kwargs["column"]) for expectation in self._suite.expectations)

    def run(self, masks: pa.Table) -> dict[str, RuleResult]:
        """Validate ``masks``: one boolean column a rule, True where it fails; some rules or all.

        Raises FatalError QUALITY-010 (a rule was not run), QUALITY-011 (a rule was not evaluated over all records).
        """
        wanted = set(masks.column_names)
        if not wanted:
            return {}
        configurations = [c for c in self._suite.expectation_configurations if c.kwargs["column"] in wanted]
        validator = Validator(
            execution_engine=PandasExecutionEngine(),
            data_context=_context(),
            batches=[Batch(data=masks.to_pandas(types_mapper=pd.ArrowDtype))],
        )
        outcomes = validator.graph_validate(
            configurations=configurations, runtime_configuration={"result_format": dict(_FORMAT)}
        )
        results = {}
        for outcome in outcomes:
            rule = str(outcome.expectation_config.kwargs["column"]) if outcome.expectation_config else ""
            results[rule] = _result(rule, bool(outcome.success), dict(outcome.result or {}), masks.num_rows)
        # A validator and its data refer to each other: without this, masks would pile up until a collection, which
        # looks at all that Great Expectations has loaded and takes five times as long as the validation.
        validator.execution_engine.batch_manager.batch_data_cache.clear()
        validator.execution_engine.batch_manager.reset_batch_cache()
        same(masks.column_names, list(results), "run")
        return results


@cache
def _context() -> EphemeralDataContext:
    """One context a process: nothing on disk, no progress bars."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
    return context


def same(declared: Sequence[str], found: Sequence[str], stage: str) -> None:
    """Raise FatalError QUALITY-010 unless every declared rule was found, once."""
    missing = sorted(set(declared) - set(found))
    if missing or len(found) != len(declared):
        raise FatalError(
            "QUALITY-010", stage=stage, declared=len(declared), found=len(found), missing=", ".join(missing)
        )


def _configuration(rule: Rule) -> ExpectationConfiguration:
    return ExpectationConfiguration(
        type=_TYPES[rule.kind],
        kwargs={"column": rule.id},
        severity=_SEVERITIES[rule.severity],
    )


def _result(rule: str, success: bool, result: dict[str, Any], rows: int) -> RuleResult:  # noqa: FBT001  # read from GX
    """An expectation that raised has no counts; one that saw other rows than we gave it is as bad."""
    elements, unexpected = result.get("element_count"), result.get("unexpected_count")
    if elements != rows or unexpected is None or success != (unexpected == 0):
        raise FatalError("QUALITY-011", rule=rule, rows=rows, seen=elements)
    return RuleResult(rule, success, rows, int(unexpected))
