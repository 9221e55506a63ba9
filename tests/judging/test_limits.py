"""What the suite does not promise is set aside, and what it promises is not."""

import numpy as np
import pytest

from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.compare import CaseEntry
from trueport.compare.judging.expected import Expected
from trueport.compare.judging.limits import set_limits_aside
from trueport.compare.suite.case import Case

LABELS = "labels as numbers"
ONE_LABEL = f"{LABELS}, one sample"
REFUSED = "ValueError: operands could not be broadcast together (mine.py:3)"


def make_entry(
    got: object, form: str = "", promised: bool = True, want: object = (1.0, 2.0)
) -> CaseEntry:
    """A case of `form` whose value is got; a string is the message of an error."""
    truth = np.array(want)
    case = Case("cross_entropy_error", f"case of {form}", {}, form=form, promised=promised)
    result = (
        CaseResult("error", got)
        if isinstance(got, str)
        else CaseResult("ok", outputs={"value": np.array(got)})
    )
    return case, {"value": Expected(truth, np.full(truth.shape, 1e-9))}, result


def set_aside(*entries: CaseEntry, component: str = "cross_entropy_error") -> tuple[int, list[str]]:
    """How many cases are left, and the limits in words."""
    judged, limits = set_limits_aside(COMPONENTS[component], entries)
    return len(judged), [f"{limit.form}: {limit.what}" for limit in limits]


RIGHT = (1.0, 2.0)


@pytest.mark.parametrize(
    ("what", "entries", "left", "limits"),
    [
        ("all right", [make_entry(RIGHT), make_entry(RIGHT, LABELS)], 2, []),
        (
            "a form that is refused",
            [make_entry(RIGHT), make_entry(REFUSED, LABELS), make_entry((7.0, 8.0), LABELS)],
            1,
            [f"{LABELS}: refused ({REFUSED})"],
        ),
        (
            "a form narrower than one that is refused",
            [make_entry(RIGHT), make_entry(REFUSED, LABELS), make_entry((7.0, 8.0), ONE_LABEL)],
            1,
            [f"{LABELS}: refused ({REFUSED})", f"{ONE_LABEL}: silently wrong, [7 8] for [1 2]"],
        ),
        ("a form that is wrong", [make_entry(RIGHT), make_entry((7.0, 8.0), LABELS)], 2, []),
        (
            "a form that is right at times",
            [make_entry(RIGHT), make_entry(RIGHT, LABELS), make_entry(REFUSED, LABELS)],
            3,
            [],
        ),
        (
            "a slip of the pen",
            [make_entry(RIGHT), make_entry("NameError: name 'tt' is not defined", LABELS)],
            2,
            [],
        ),
        (
            "none of the kinds that are asked for",
            [make_entry(RIGHT), make_entry("UnboundLocalError: cannot access 'n'", LABELS)],
            1,
            [f"{LABELS}: refused (UnboundLocalError: cannot access 'n')"],
        ),
        ("a process that died", [make_entry(RIGHT), make_entry("killed", LABELS)], 2, []),
        (
            "a form of which little is refused",
            [make_entry(RIGHT), make_entry(REFUSED, LABELS)] + 3 * [make_entry((7.0, 8.0), LABELS)],
            5,
            [],
        ),
        (
            "not promised, and a slip of the pen",
            [make_entry(RIGHT), make_entry("NameError: name 'np'", LABELS, promised=False)],
            1,
            [f"{LABELS}: could not be asked (NameError: name 'np')"],
        ),
        ("everything refused", [make_entry(REFUSED), make_entry(REFUSED, LABELS)], 2, []),
        (
            "not promised and wrong",
            [make_entry(RIGHT), make_entry((7.0, 8.0), LABELS, promised=False)],
            1,
            [f"{LABELS}: silently wrong, [7 8] for [1 2]"],
        ),
        (
            "not promised and right",
            [make_entry(RIGHT), make_entry(RIGHT, LABELS, promised=False)],
            2,
            [],
        ),
        (
            "one row for one sample",
            [make_entry((RIGHT,), "one sample"), make_entry(RIGHT)],
            2,
            ["one sample: comes back as a batch of one, of shape (1, 2)"],
        ),
        ("not offered", [(*make_entry(REFUSED)[:2], CaseResult("missing"))], 1, []),
    ],
)
def test_a_limit(what: str, entries: list[CaseEntry], left: int, limits: list[str]) -> None:
    assert set_aside(*entries) == (left, limits), what


def test_outputs_of_which_nothing_is_promised() -> None:
    case, truths, result = make_entry(RIGHT)
    truths = {**truths, "init_x afterwards": Expected(np.zeros(2), np.zeros(2))}
    outputs = result.outputs | {"init_x afterwards": np.ones(2), "path": np.array(3)}
    changed = CaseResult("ok", outputs=outputs, mutated=["init_x"])
    judged, limits = set_limits_aside(COMPONENTS["gradient_descent"], [(case, truths, changed)])

    assert [limit.form for limit in limits] == [
        "init_x is changed in place",
        "gives back (x, path): the first of the two was judged",
    ]
    assert list(judged[0][1]) == ["value"]
    assert judged[0][2].mutated == []
