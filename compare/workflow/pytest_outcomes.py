"""What a verdict is to pytest: passed, failed with the finding, or skipped.

Loaded in every run of pytest, so nothing but pytest is imported before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..judging.check import Check
    from ..judging.verdict import Verdict

__tracebackhide__ = True  # a failing test shows the user's line

ACCEPT_OPTION = "--trueport-accept"


class ParityError(Exception):
    """A verdict that fails, in its own words."""


def name_item(verdict: Verdict, result: Check) -> str:
    """Return the name of the item that a verdict is of: all layers of a model have one."""
    return verdict.gate if result.models and verdict.gate == "layers" else verdict.component


def sort_by_outcome(verdicts: list[Verdict], result: Check) -> list[Verdict]:
    """Return verdicts of one item: failures first, findings before what follows from them.

    What is skipped is left out where another passes.
    """
    from ..report.check_text import classify_outcome

    kinds = {id(v): classify_outcome(v, result) for v in verdicts}
    found = [v for v in verdicts if kinds[id(v)] in ("failure", "error")]
    found.sort(key=lambda v: v.status == "follows")
    return found or [v for v in verdicts if kinds[id(v)] is None] or verdicts


def report_verdict(verdict: Verdict, result: Check) -> None:
    """Pass, skip or fail, as the verdict counts."""
    from ..report.check_text import (
        MODEL_ADVICE,
        classify_outcome,
        format_call_advice,
        format_skip_reason,
    )
    from ..report.text import format_finding

    replay = format_call_advice(verdict) if result.against else None
    replay = MODEL_ADVICE if result.models else replay
    kind = classify_outcome(verdict, result)
    if kind == "skipped":
        pytest.skip(format_skip_reason(verdict))
    if kind is not None and verdict.status == "follows":
        raise ParityError(f"{verdict.component} ({verdict.dtype}) follows from {verdict.follows}")
    if kind is not None:
        lines = format_finding(
            verdict, result.framework, result.accepted, option=ACCEPT_OPTION, replay=replay
        )
        raise ParityError("\n".join(lines))


def verify_whole_suite(result: Check, names: list[tuple[str, str]]) -> None:
    """Fail where nothing was compared, or where a failure has no test of its own."""
    from ..report.check_text import classify_outcome, format_check, format_check_headline

    if result.exit_code == 2:
        raise ParityError("\n".join(format_check(result)))
    for verdict in result.verdicts:
        failed = classify_outcome(verdict, result) in ("failure", "error")
        if failed and (verdict.dtype, name_item(verdict, result)) not in names:
            raise ParityError(format_check_headline(result))
