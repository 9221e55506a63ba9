"""What the suite does not promise, set aside before a component is judged. Pure.

A port is held to what the suite's own code can do, in the form that the port offers. A case that
is not promised is a limit if it departs; a form that the port refuses is one it does not offer.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..execution.observation import CaseResult
from ..suite.component import Component
from .compare import CaseEntries, CaseEntry, compare_case
from .verdict import Limit

# What is raised over a slip of the pen is no refusal of an input, as an
# UnboundLocalError may be: the input is of no kind that an `if` and its `elif` ask for.
SLIPS = ("NameError", "AttributeError", "ImportError", "ModuleNotFoundError")
ERROR_NAME = re.compile(r"[A-Za-z_.]*(Error|Exception)\b")  # a message of the port's own begins so
REFUSED_SHARE = 1 / 3  # of a form's cases: N labels for N classes, or one, fit in many a product
SHOWN_NUMBERS = 3  # of an array, in a sentence
SHOWN_DIGITS = (5, 9, 17)  # as many as tell two numbers apart


def set_limits_aside(component: Component, cases: CaseEntries) -> tuple[CaseEntries, list[Limit]]:
    """Return the cases that the component is judged by, and its limits, each said once.

    A component of which every case is a limit keeps none.
    """
    limits: dict[str, Limit] = {}
    if all(result.status in ("missing", "not-comparable") for _, _, result in cases):
        return cases, []
    judged = [drop_unpromised_outputs(component, entry, limits) for entry in cases]
    refused = find_refused_forms(judged)
    for form in dict.fromkeys(case.form for case, _, _ in judged):
        own = [entry for entry in judged if entry[0].form == form]
        wider = component.wider_forms.get(form)
        if not own[0][0].promised:
            aside = [entry for entry in own if is_of_the_port(entry[2]) and not is_right(entry)]
            if all(map(is_answered, own)) and has_wrong_answer(judged):
                aside = []  # no worse than what is promised: the finding tells both
        else:
            lacking = wider in refused and not any(map(is_right, own))
            aside = own if form in refused or lacking else []
        if aside:
            limits[form] = Limit(component.name, form, describe_limit(aside, component.limit))
            judged = [e for e in judged if e[0].form != form or not is_of_the_port(e[2])]
        else:
            judged = [accept_one_row(entry, limits) for entry in judged]
    return judged, list(limits.values())


def find_refused_forms(judged: CaseEntries) -> set[str]:
    """Return the promised ways of calling that a port does not offer, where it offers others."""
    found: set[str] = set()
    kept = [entry for entry in judged if entry[0].promised]
    for form in dict.fromkeys(case.form for case, _, _ in kept):
        own = [entry for entry in kept if entry[0].form == form]
        others = [entry for entry in kept if entry[0].form != form]
        if is_refused(own) and any(map(is_answered, others)):
            found.add(form)
            kept = others
    return found


def is_right(entry: CaseEntry) -> bool:
    """Whether a case gave what it must."""
    case, truths, result = entry
    if result.status != "ok":
        return False
    found = compare_case(case.id, truths, result)
    return not found.problems and found.used <= 1.0


def has_wrong_answer(judged: CaseEntries) -> bool:
    """Whether something that is promised was answered wrongly."""
    return any(e[0].promised and is_answered(e) and not is_right(e) for e in judged)


def is_answered(entry: CaseEntry) -> bool:
    """Whether a case gave an answer at all."""
    return entry[2].status == "ok"


def is_of_the_port(result: CaseResult) -> bool:
    """Whether the port answered or raised an error: not, say, its process that died."""
    raised = result.status == "error" and ERROR_NAME.match(result.message) is not None
    return result.status == "ok" or raised


def is_refusal(result: CaseResult) -> bool:
    """Whether an input was refused: an error that a slip of the pen does not raise."""
    slip = result.message.startswith(SLIPS)
    return result.status == "error" and is_of_the_port(result) and not slip


def is_refused(entries: Sequence[CaseEntry]) -> bool:
    """Whether a form is not offered: its cases are refused, and none is right.

    Others may be answered, wrongly, where their shapes happen to fit.
    """
    refused = sum(is_refusal(result) for _, _, result in entries)
    enough = refused >= max(1, REFUSED_SHARE * len(entries))
    return enough and not any(map(is_right, entries))


def drop_unpromised_outputs(
    component: Component, entry: CaseEntry, limits: dict[str, Limit]
) -> CaseEntry:
    """Return the entry without the outputs of which nothing is promised; limits grows."""
    case, truths, result = entry
    if result.status != "ok" or not component.unpromised:
        return entry
    for name, words in component.unpromised.items():
        extra = name in result.outputs and name not in truths
        if extra or name in result.mutated or (name in truths and not is_output_right(entry, name)):
            limits[words] = Limit(component.name, words)
    return (
        case,
        {name: truth for name, truth in truths.items() if name not in component.unpromised},
        replace(result, mutated=[n for n in result.mutated if n not in component.unpromised]),
    )


def is_output_right(entry: CaseEntry, name: str) -> bool:
    """Whether one output of a case is right."""
    case, truths, result = entry
    return is_right((case, {name: truths[name]}, replace(result, mutated=[])))


def accept_one_row(entry: CaseEntry, limits: dict[str, Limit]) -> CaseEntry:
    """Return the entry with a result of one row taken for that of one sample; limits grows."""
    case, truths, result = entry
    rows = [
        name
        for name, truth in truths.items()
        if name in result.outputs and result.outputs[name].shape == (1, *truth.want.shape)
    ]
    if result.status != "ok" or not case.form or not rows:
        return entry
    shape = result.outputs[rows[0]].shape
    what = f"comes back as a batch of one, of shape {shape}"
    limits[case.form] = Limit(case.component, case.form, what)
    outputs = result.outputs | {name: result.outputs[name][0] for name in rows}
    return case, truths, replace(result, outputs=outputs)


def describe_limit(entries: Sequence[CaseEntry], words: str = "") -> str:
    """Return what comes of cases that are wrong, in words: the error, or the numbers.

    entries: the cases; the shortest answer tells most. words: the component's, of any answer.
    """
    for _, _, result in entries:
        if result.status != "ok":
            done = "refused" if is_refusal(result) else "could not be asked"
            return f"{done} ({result.message})"
    if words:
        return words
    case, truths, result = min(entries, key=lambda entry: entry[0].size)
    for name, truth in truths.items():
        if name in result.outputs and not is_output_right((case, truths, result), name):
            pair = result.outputs[name], truth.want
            told = ([format_numbers(a, digits) for a in pair] for digits in SHOWN_DIGITS)
            got, want = next((both for both in told if both[0] != both[1]), ("other numbers", ""))
            return f"silently wrong, {got} for {want}" if want else f"silently wrong, {got}"
    return "silently wrong"


def format_numbers(array: np.ndarray, digits: int) -> str:
    """Return the first numbers of an array, short.

    >>> format_numbers(np.array([25000.0, 35000.0]), 5), format_numbers(np.array(0.5), 5)
    ('[25000 35000]', '0.5')
    """
    shown = [f"{value:.{digits}g}" for value in np.ravel(array)[:SHOWN_NUMBERS].tolist()]
    more = " ..." if array.size > SHOWN_NUMBERS else ""
    return shown[0] if array.ndim == 0 else f"[{' '.join(shown)}{more}]"
