"""The checks of one call, one or more, in each format that can be asked for. Pure.

One check is written as ever; several stand in one file, in the order of the targets.
"""

from collections import Counter
from collections.abc import Sequence

from ..judging.check import Check, combine_exit_codes
from .check_formats import (
    build_check_record,
    build_junit_suites,
    render_check_html,
    render_check_json,
    render_check_junit,
    render_check_markdown,
)
from .data_formats import format_json
from .junit import render_junit_suites
from .wording import make_printable

SCHEMA = "trueport/checks/1"  # checks.schema.json has its form
WORDS = {0: "faithful", 3: "faithful but for conventions", 1: "unfaithful", 2: "not comparable"}


def format_heading(target: str, number: int, total: int) -> str:
    """Return the line above one of several answers.

    >>> format_heading("my_port.py", 1, 3)
    '== 1 of 3: my_port.py =='
    """
    return make_printable(f"== {number} of {total}: {target} ==")


def format_count(checks: Sequence[Check]) -> str:
    """Return the last line under several answers.

    >>> format_count([Check("a.py", hindrance="it needs jax"), Check("b.py")])
    '2 targets: 2 not comparable'
    """
    counts = Counter(check.exit_code for check in checks)
    told = [f"{counts[code]} {word}" for code, word in WORDS.items() if counts[code]]
    return f"{len(checks)} targets: {', '.join(told)}"


def render_json(checks: Sequence[Check]) -> str:
    """Return schema `trueport/check/1` of one, `trueport/checks/1` of several."""
    if len(checks) == 1:
        return render_check_json(checks[0])
    record = {
        "schema": SCHEMA,
        "exit_code": combine_exit_codes(check.exit_code for check in checks),
        "checks": [build_check_record(check) for check in checks],
    }
    return format_json(record)


def render_junit(checks: Sequence[Check]) -> str:
    """Return JUnit XML: of one check a suite for each dtype, of several a suite for each target."""
    if len(checks) == 1:
        return render_check_junit(checks[0])
    suites = []
    for check in checks:
        cases = [case for _, _, own in build_junit_suites(check) for case in own]
        suites.append((check.target, 0.0, cases))
    return render_junit_suites("trueport check", suites, 0.0)


def render_markdown(checks: Sequence[Check]) -> str:
    """Return the summaries for GitHub one below the other, the count above them."""
    told = [render_check_markdown(check) for check in checks]
    if len(checks) > 1:
        told.insert(0, f"**{format_count(checks)}**\n")
    return "\n".join(told)


def render_html(checks: Sequence[Check]) -> str:
    """Return the page of a check of models; the command takes one target with it."""
    return render_check_html(checks[0])
