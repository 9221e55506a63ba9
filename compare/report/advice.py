"""What to do about a finding whose cause is not known, for the terminal. Pure."""

import math
import re
from collections.abc import Iterator

from ..judging.verdict import Verdict
from .terminal import Paragraph

NUMBERS_MESSAGE = "must hold"  # what the judge says of arrays that hold no real numbers
# What to do where no cause is known: a piece of the judge's message to advice.
ADVICE_BY_MESSAGE = {
    "must have shape () (got (1,))": "one number is wanted, not an array of one: take its [0]",
    "must have shape () (got (": "one number is wanted: a mean() or a sum() is missing at the end",
    "must have shape": "look for a sum over the wrong axis, or over all of them, and for an axis "
    "that is kept or dropped (keepdims)",
    "changed its caller's": "work on a copy (x.copy(), in torch x.clone()) from the first write on",
    NUMBERS_MESSAGE: "give an array of float64 or float32",
    "is empty": "return the values that were computed",
    "unexpected keyword argument": "give the argument the name that the reference has",
    "required positional argument": "give that argument a default: the reference hands none over",
    "no output": "return every array that the reference returns, under its name",
}
NOT_FINITE_ADVICE = (
    "look for exp of a large number (subtract the maximum first), the log of 0, or 0 / 0"
)
TIMEOUT_ADVICE = (
    "look for a loop that does not end or work at module level; --timeout gives more time"
)
USER_LINE = re.compile(r"\(\S+\.(py|ipynb):\d+\)")  # as an error of the user's code is told


def format_advice(verdict: Verdict, replay: str) -> Iterator[Paragraph]:
    """Yield what to do where no cause is known."""
    if verdict.status == "timeout":
        yield "do", TIMEOUT_ADVICE
        return
    advised = [text for piece, text in ADVICE_BY_MESSAGE.items() if piece in verdict.message]
    if verdict.status != "error":
        tried = f" ({verdict.ruled_out} ruled out)" if verdict.ruled_out else ""
        yield "cause", f"unknown: no known change to the reference reproduces it{tried}"
        if not advised and verdict.worst is not None and not math.isfinite(verdict.worst.got):
            advised = [NOT_FINITE_ADVICE]
        advised = advised[:1]
    if verdict.known:
        yield "known", "; ".join(verdict.known)
    yield "do", "; ".join([*advised, replay])


def format_replay_advice(verdict: Verdict, framework: str) -> str:
    """Return how to see a finding of a check once more: the case that broke, else the worst one."""
    case = verdict.broken or (verdict.worst.case if verdict.worst else "")
    if framework == "arrays":
        if verdict.status == "error" and not case:
            return "record it anew with compare.Recorder"
        where = f"the case '{case}'" if case else "one case"
        beside = "step by step beside the reference (`from trueport import reference`)"
        return f"compute {where} {beside}"
    if not case:
        return f"`trueport cases --export DIR` writes the inputs of {verdict.component}"
    call = f"trueport.case_inputs({verdict.component!r}, {case!r})"
    if verdict.broken:
        whole = " for the whole traceback" * bool(USER_LINE.search(verdict.message))
        return f"make this one call by yourself{whole}: {call} gives its inputs"
    return f"{call} gives the inputs: go through them beside the reference"
