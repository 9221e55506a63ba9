"""Checks as SARIF and as GitHub's annotations: every kind of answer, hostile words among them."""

import json
from typing import Any

import jsonschema
import pytest
from sample_check import CHECKS, check, verdict

from trueport.compare.judging.check import Check, Place
from trueport.compare.report.annotations import format_annotations
from trueport.compare.report.sarif import render_sarif

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"minLength": 1}}}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {
                        "uri": {"type": "string", "pattern": "^[!-~]+$"},
                        "uriBaseId": {"const": "%SRCROOT%"},
                    },
                    "additionalProperties": False,
                },
                "region": {
                    "type": "object",
                    "required": ["startLine"],
                    "properties": {"startLine": {"type": "integer", "minimum": 1}},
                },
            },
        }
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
    "properties": {
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1, "items": LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "suppressions": {
            "type": "array",
            "items": {
                "required": ["kind"],
                "properties": {"kind": {"enum": ["inSource", "external"]}},
            },
        },
    },
}
RULE = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "shortDescription": TEXT, "help": TEXT},
    "additionalProperties": False,
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "properties": {"rules": {"type": "array", "uniqueItems": True, "items": RULE}},
}
RUN = {
    "type": "object",
    "required": ["tool", "results"],
    "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {"driver": DRIVER}},
        "results": {"type": "array", "items": RESULT},
        "invocations": {"type": "array", "items": {"required": ["executionSuccessful"]}},
    },
    "additionalProperties": False,
}
# what SARIF 2.1.0 asks of the parts that are written here
SCHEMA = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string"},
        "runs": {"type": "array", "items": RUN},
    },
    "additionalProperties": False,
}


def read_run(*checks: Check) -> dict[str, Any]:
    told = json.loads(render_sarif(checks))
    jsonschema.validate(told, SCHEMA)
    run: dict[str, Any] = told["runs"][0]
    return run


@pytest.mark.parametrize("name", list(CHECKS))
def test_every_answer_is_sarif_and_its_rules_are_listed(name: str) -> None:
    run = read_run(CHECKS[name])
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]


@pytest.mark.parametrize("name", list(CHECKS))
def test_only_what_passes_shows_nothing(name: str) -> None:
    """Silence is a pass and nothing else; what is not 0 holds an error, or a convention's note."""
    sample = CHECKS[name]
    shown = [r["level"] for r in read_run(sample)["results"] if "suppressions" not in r]
    assert ("error" in shown) == (sample.exit_code in (1, 2))
    assert ("note" in shown and "error" not in shown) == (sample.exit_code == 3)
    assert bool(list(format_annotations(sample))) == bool(shown)


def test_a_cause_is_the_rule_and_its_fix_the_help() -> None:
    run = read_run(CHECKS["with cause"])
    [rule] = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["help"]["text"]) == ("F26", "torch.log(y + 1e-7)")
    assert rule["shortDescription"]["text"] == "probabilities clipped at both ends"


def test_without_a_known_cause_the_component_is_the_rule() -> None:
    assert [r["ruleId"] for r in read_run(CHECKS["unknown"])["results"]] == ["softmax"]
    assert [r["ruleId"] for r in read_run(CHECKS["edit"])["results"]] == ["TwoLayerNet.gradient"]


def test_a_convention_that_was_accepted_is_suppressed_and_not_left_out() -> None:
    waiting, accepted = (read_run(CHECKS[name])["results"] for name in ("convention", "accepted"))
    assert [(r["level"], "suppressions" in r) for r in waiting] == [("note", False)]
    assert [(r["level"], "suppressions" in r) for r in accepted] == [("note", True)]
    assert not list(format_annotations(CHECKS["accepted"]))


def test_findings_stand_at_their_lines_else_at_the_file() -> None:
    sample = check(verdict("unfaithful"), verdict("unfaithful", "sigmoid"), target="my port.py")
    sample.places = {"": Place("a/my port.py"), "softmax": Place("a/my port.py", 7)}
    places = [r["locations"][0]["physicalLocation"] for r in read_run(sample)["results"]]
    file = {"uri": "a/my%20port.py", "uriBaseId": "%SRCROOT%"}
    assert places == [
        {"artifactLocation": file, "region": {"startLine": 7}},
        {"artifactLocation": file},
    ]
    heads = [line.partition(",title")[0] for line in format_annotations(sample)]
    assert heads == ["::error file=a/my port.py,line=7", "::error file=a/my port.py"]


def test_several_checks_are_one_run_and_the_worst_exit_code() -> None:
    run = read_run(CHECKS["faithful"], CHECKS["with cause"], CHECKS["not opened"])
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    assert [r["ruleId"] for r in run["results"]] == ["F26", "not-comparable"]


@pytest.mark.parametrize("name", list(CHECKS))
def test_an_annotation_is_one_line_whatever_a_port_says(name: str) -> None:
    for line in format_annotations(CHECKS[name]):
        assert line.splitlines() == [line]
        assert line.startswith(("::error file=", "::warning file=", "::notice file="))
        line.encode("utf-8")
