"""Checks as SARIF 2.1.0, as GitHub's code scanning and editors read it. Pure."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ..judging.check import Check, Place, combine_exit_codes
from .data_formats import format_json
from .located import LocatedFinding, list_located_findings
from .wording import clean_text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(checks: Sequence[Check]) -> str:
    """Return one run of SARIF with the findings of all checks."""
    found = [one for check in checks for one in list_located_findings(check)]
    rules = {one.rule: describe_rule(one) for one in found}
    code = combine_exit_codes(check.exit_code for check in checks)
    order = list(rules)
    run = {
        "tool": {"driver": {"name": "Trueport", "rules": list(rules.values())}},
        "invocations": [{"executionSuccessful": code != 2, "exitCode": code}],
        "results": [describe_result(one, order.index(one.rule)) for one in found],
    }
    return format_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def describe_rule(finding: LocatedFinding) -> dict[str, Any]:
    """Return the rule of a finding: a known cause, or a component that departs."""
    told: dict[str, Any] = {
        "id": finding.rule,
        "shortDescription": {"text": finding.name or finding.rule},
    }
    return told | ({"help": {"text": finding.help}} if finding.help else {})


def describe_result(finding: LocatedFinding, rule: int) -> dict[str, Any]:
    """Return one finding. rule: its place among the rules."""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": finding.text or finding.title},
        "locations": [{"physicalLocation": locate(finding.place)}],
        "partialFingerprints": {
            "trueport/v1": f"{finding.place.file}:{finding.component}:{finding.rule}"
        },
    }
    if finding.accepted:
        result["suppressions"] = [{"kind": "external", "justification": "accepted by name"}]
    return result


def locate(place: Place) -> dict[str, Any]:
    """Return a place; without a line, the file."""
    told: dict[str, Any] = {"artifactLocation": locate_file(place.file)}
    return told | ({"region": {"startLine": place.line}} if place.line else {})


def locate_file(file: str) -> dict[str, str]:
    """Return a file: from the root of the source, or absolute.

    >>> locate_file("my ports/a.py")
    {'uri': 'my%20ports/a.py', 'uriBaseId': '%SRCROOT%'}
    >>> locate_file("/tmp/a.py")
    {'uri': 'file:///tmp/a.py'}
    """
    path = quote(clean_text(file))
    return (
        {"uri": f"file://{path}"}
        if path.startswith("/")
        else {
            "uri": path,
            "uriBaseId": "%SRCROOT%",
        }
    )
