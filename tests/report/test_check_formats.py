"""A check as text, JSON, JUnit XML and Markdown: every kind of answer, hostile words among them."""

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from sample_check import CHECKS, HOSTILE, check, verdict

from trueport.compare.cli.options import print_lines
from trueport.compare.judging.check import Check
from trueport.compare.judging.verdict import Verdict
from trueport.compare.report import check_formats
from trueport.compare.report.check_text import classify_outcome, select_findings
from trueport.compare.report.terminal import LINE_WIDTH, fit_lines
from trueport.compare.report.text import MAX_FINDING_LINES, format_finding, format_rounded_up

SCHEMA = json.loads(
    (Path(check_formats.__file__).parent / "check.schema.json").read_text(encoding="utf-8")
)
all_checks = pytest.mark.parametrize("name", list(CHECKS))


def words(name: str) -> str:
    return "\n".join(check_formats.format_check(CHECKS[name]))


@all_checks
@pytest.mark.parametrize("width", [60, LINE_WIDTH])
def test_a_finding_has_at_most_twelve_lines_of_the_terminals_width(name: str, width: int) -> None:
    """Or as many more as it takes to tell its cause."""
    for found in select_findings(CHECKS[name]):
        with fit_lines(width):
            lines = list(format_finding(found, "numpy"))
        assert max(map(len, lines)) <= width
        assert width < LINE_WIDTH or found.cause or len(lines) <= MAX_FINDING_LINES


def make_long_finding() -> tuple[Check, list[str]]:
    """A finding with more words than any limit of lines; and what must be told of it whole."""
    does, fix = (" ".join(f"{word}{n}" for n in range(150)) for word in ("does", "fix"))
    cause = {"id": "F99", "name": "long", "does": does, "fix": {"numpy": fix}, "budget_used": 0.5}
    verdict = Verdict("p", "softmax", "activations", "float64", "unfaithful", 9.0, cause=cause)
    verdict.message = " ".join(f"message{n}" for n in range(150))
    proof = "what remains uses 0.50 of its rounding budget"
    return Check("mine.py", "numpy", [verdict]), [does, fix, proof]


@pytest.mark.parametrize("width", [50, LINE_WIDTH, 200])
def test_cause_proof_and_fix_are_told_whole_whatever_the_width(width: int) -> None:
    sample, whole = make_long_finding()
    with fit_lines(width):
        lines = list(check_formats.format_check(sample))
    told = " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= width
    assert [text in told for text in whole] == [True] * 3
    assert "message149" not in told  # which gives way


@pytest.mark.parametrize(
    "render", [check_formats.render_check_markdown, check_formats.render_check_junit]
)
def test_files_tell_cause_proof_and_fix_whole(render) -> None:
    sample, whole = make_long_finding()
    told = " ".join(render(sample).split())
    assert [text in told for text in whole] == [True] * 3


@pytest.mark.parametrize(("on_terminal", "width"), [(True, 70), (False, LINE_WIDTH)])
def test_lines_are_as_wide_as_the_terminal_and_in_a_pipe_as_ever(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], on_terminal, width
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: on_terminal, raising=False)
    monkeypatch.setattr(sys.stdout, "reconfigure", lambda **_: None, raising=False)
    print_lines(check_formats.format_check(make_long_finding()[0]))
    longest = max(map(len, capsys.readouterr().out.splitlines()))
    assert width - 8 < longest <= width


@all_checks
def test_text_is_printable(name: str) -> None:
    for line in check_formats.format_check(CHECKS[name]):
        assert line.isprintable()
        line.encode("utf-8")


def test_every_failure_says_what_to_do() -> None:
    for name, sample in CHECKS.items():
        for found in select_findings(sample):
            told = "\n".join(format_finding(found, sample.framework))
            assert re.search(r"^    (fix|do|edit) ", told, re.MULTILINE), name
    assert "    do " in words("nothing")
    assert "    do " not in words("not opened")  # the reason says it
    assert "    do " in words("all missing")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("faithful", "faithful: the same as the chapter's in softmax"),
        ("not comparable", "not comparable as a whole: the same as the chapter's in softmax"),
        ("not comparable", "skipped TwoLayerNet: it needs a GPU: use the CPU"),
        ("not opened", "skipped this port needs jax: pip install jax"),
        ("left", "not looked at: sofmax_2 (did you mean softmax?), relu"),
        ("partly", "lacks    sigmoid"),
        ("convention", "--accept F26"),
        ("accepted", "conventions that were accepted: F26"),
        ("with cause", "explains 99.9998% of the difference; what remains uses 0.30 of its"),
        ("with cause", "F54 would give the same here"),
        ("with cause", "torch.log(y + 1e-7)"),
        ("bare cause", "F78: loss logged before the update"),
        ("bare cause", "compute it again"),
        ("edit", "this change of trueport's reference/networks.py gives what the port gave"),
        ("edit", "beside   F77: loss without an epsilon"),
        ("unknown", "case_inputs('softmax', 'batch 4 x 7')"),
        ("unknown", "rtol 0.5 would pass"),
        ("unknown", "3 of 28 elements"),
        ("unknown", "first at softmax"),
        ("error", "NameError: name 'nmp' is not defined"),
        ("broken", "case_inputs('softmax', 'batch 7 x 4') gives its inputs"),
        ("error and wrong", "IndexError"),
        ("timeout", "--timeout gives more time"),
        ("follows", "TwoLayerNet.predict (from softmax)"),
        ("no power", "no power: softmax"),
        ("no power", "not comparable"),
        ("nan", "never passes"),
        ("nan", "0 / 0"),
        ("exact", "must be exact"),
        ("shape", "keepdims"),
        ("changed", "x.copy()"),
    ],
)
def test_the_terminal_says(name: str, said: str) -> None:
    told = re.sub(r"\s+", " ", words(name))
    assert re.sub(r"\s+", " ", said) in told


def test_colour_is_asked_for() -> None:
    assert "\x1b" not in words("with cause")
    painted = list(check_formats.format_check(CHECKS["with cause"], colour=True))
    assert painted[0].startswith("\x1b[31m")
    assert painted[0].endswith("\x1b[0m")


def test_many_findings_are_counted() -> None:
    many = [verdict("unfaithful", f"c{number}") for number in range(9)]
    many[0].component = "softmax"
    for found in many[1:]:
        found.status = "error"
    sample = check(*many[:1], *[verdict("error", name) for name in NAMES])
    told = "\n".join(check_formats.format_check(sample))
    assert f"--json FILE has these {1 + len(NAMES) - 6} too" in told


NAMES = ("sigmoid", "sum_squares_error", "cross_entropy_error", "SimpleNet.predict") * 1 + (
    "numerical_diff",
    "numerical_gradient",
    "gradient_descent",
)


def test_what_is_said_to_pass_passes() -> None:
    for value in (1.0000001e-9, 0.99999, 3.14159e8, 9.96e-3):
        assert float(format_rounded_up(value)) >= value


@all_checks
def test_json_follows_its_schema_and_has_no_nan(name: str) -> None:
    def refuse(token: str) -> None:
        raise AssertionError(token)

    told = check_formats.render_check_json(CHECKS[name])
    told.encode("utf-8")
    record = json.loads(told, parse_constant=refuse)
    jsonschema.validate(record, SCHEMA)
    assert len(record["components"]) == len(CHECKS[name].verdicts)


def test_the_schema_refuses_what_is_no_verdict() -> None:
    record = json.loads(check_formats.render_check_json(CHECKS["faithful"]))
    record["components"][0]["status"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, SCHEMA)


def test_json_has_the_keys_of_the_issue() -> None:
    record = json.loads(check_formats.render_check_json(CHECKS["with cause"]))
    assert record["schema"] == "trueport/check/1"
    assert record["first_divergence"] == "softmax"
    cause = record["components"][1]["cause"]
    assert {"id", "name", "fix", "budget_used", "also"} <= set(cause)
    assert cause["fix"] == "torch.log(y + 1e-7)"


def test_the_schema_says_what_an_edit_holds() -> None:
    told = SCHEMA["$defs"]["cause"]["properties"]
    [edit] = [v.cause for v in CHECKS["edit"].verdicts if v.cause]
    assert {"diff", "with", "values", "also", "apart"} <= set(told)
    record = json.loads(check_formats.render_check_json(CHECKS["edit"]))
    assert record["components"][1]["cause"]["diff"] == edit["diff"]
    record["components"][1]["cause"]["diff"] = None
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, SCHEMA)


@all_checks
def test_junit_counts_what_it_holds(name: str) -> None:
    root = ElementTree.fromstring(check_formats.render_check_junit(CHECKS[name], seconds=1.5))
    assert root.tag == "testsuites"
    assert root.get("time") == "1.500"
    for element in (root, *root.iter("testsuite")):
        for key, tag in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert element.get(key) == str(len(list(element.iter(tag))))
    for case in root.iter("testcase"):
        assert case.get("name")
        assert case.get("classname")
        assert case.get("time")


@all_checks
def test_junit_is_green_exactly_where_the_exit_status_is_zero(name: str) -> None:
    root = ElementTree.fromstring(check_formats.render_check_junit(CHECKS[name]))
    green = root.get("failures") == root.get("errors") == "0"
    assert green == (CHECKS[name].exit_code == 0)


def test_no_power_is_skipped_and_never_a_pass() -> None:
    sample = CHECKS["float32 only"]
    assert [classify_outcome(v, sample) for v in sample.verdicts] == ["skipped", None]


@all_checks
def test_markdown_holds_no_markup_of_the_port(name: str) -> None:
    told = check_formats.render_check_markdown(CHECKS[name])
    told.encode("utf-8")
    outside, fence = [], ""
    for line in told.splitlines():
        ticks = re.match(r"`{3,}", line)
        if not fence and ticks:
            fence = ticks.group()
        elif fence and line == fence:
            fence = ""
        elif not fence:
            outside.append(re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line))
    assert not fence
    rest = "\n".join(outside)
    for tag in re.findall(r"<[^>]*>", rest):
        assert tag in ("<details>", "</details>", "<summary>", "</summary>")
    assert "](" not in rest
    assert "@" not in rest
    assert sum(line.startswith("#") for line in outside) == 1


@all_checks
def test_markdown_tables_have_rows_of_one_width(name: str) -> None:
    rows = [
        len(re.findall(r"(?<!\\)\|", line))
        for line in check_formats.render_check_markdown(CHECKS[name]).splitlines()
        if line.startswith("|")
    ]
    assert len(set(rows)) <= 1


def test_hostile_words_reach_every_format() -> None:
    sample = check(verdict("error", message=HOSTILE), target=HOSTILE)
    assert "script" in check_formats.render_check_junit(sample)
    assert "script" in check_formats.render_check_markdown(sample)
    assert "script" in check_formats.render_check_json(sample)


def test_a_check_calls_statistical_what_is() -> None:
    sample = check(
        verdict(), verdict(component="initialisation", statistical=True, budget_used=0.9)
    )
    told = "\n".join(check_formats.format_check(sample))
    assert "2 of 2 components offered are within their budget, using at most 0.31 of it" in told
    assert "statistical: initialisation" in told
    record = json.loads(check_formats.render_check_json(sample))
    jsonschema.validate(record, SCHEMA)
    assert [one["statistical"] for one in record["components"]] == [False, True]
