"""`assert_parity` for models that live in the caller's process: copied, carried, compared."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from ..functions.structures import walk_leaves
from ..judging.check import Check
from ..models.local_session import LocalSession, LocalWorker
from ..models.open_local import LocalModel, open_local
from ..models.session import SessionError
from ..models.two_sides import TwoSides
from ..ports.frameworks import to_numpy
from ..report.check_text import MODEL_ADVICE, format_check_headline
from ..report.terminal import format_paragraphs
from ..report.text import format_finding
from .check_model import run_check
from .options import Options, ignore

__tracebackhide__ = True  # a failing test shows the user's line

MAX_LINES = 15  # of a message, unless a finding alone takes more
MAX_NOTES = 2  # in it, where there is room


def assert_models(
    port: Any,
    reference: Any,
    inputs: Sequence[Any],
    *,
    gradient: bool = True,
    train: bool = True,
    keep_weights: bool = False,
    names: Mapping[str, str] | None = None,
    err_msg: str = "",
) -> None:
    """Raise AssertionError unless port gives what reference does; see `assert_parity`."""
    sides = open_local(port, "the port"), open_local(reference, "the reference")
    arrays = [to_numpy(leaf) for _, leaf in walk_leaves("inputs", list(inputs))]
    modes = ("eval", "train") if train else ("eval",)
    result = Check("the port", against="the reference", models=True)
    with ExitStack() as stack:
        for side in sides:
            stack.enter_context(side.keep())
        for dtypes, truth in list_attempts(*sides):
            options = Options(
                against="the reference",
                dtypes=dtypes,
                names={theirs: mine for mine, theirs in (names or {}).items()},
                gradient=gradient,
                modes=modes,
                keep_weights=keep_weights,
            )
            result = compare(sides, arrays, options, truth)
            if not result.hindrance:
                break
    report(result, err_msg)


def list_attempts(port: LocalModel, reference: LocalModel) -> list[tuple[tuple[str, ...], str]]:
    """Return the dtypes of the port, and that of the reference, the most telling ones first.

    A model whose code is written for float32 does not run in float64.
    """
    own = [port.own]
    both = [d for d in ("float64", port.own) if d in port.dtypes]
    truths = [d for d in ("float64", reference.own) if d in reference.dtypes]
    found = [(tuple(dict.fromkeys(both)), truths[0])]
    found += [(tuple(own), truth) for truth in truths]
    if truths[0] != "float64":  # float64 would be judged by a truth that is none
        found = [(tuple(own), truth) for truth in truths]
    return list(dict.fromkeys(found))


def compare(
    sides: tuple[LocalModel, LocalModel], inputs: Sequence[np.ndarray], options: Options, truth: str
) -> Check:
    """Compare in each dtype of options, the reference computing in truth."""
    port, reference = sides
    result = Check("the port", port.framework, against="the reference", models=True)
    result.notes += [side.note for side in sides if side.note]

    def ask(name: str, side: LocalModel, dtype: str) -> LocalSession:
        given = inputs if side is reference else ()
        worker = LocalWorker(side.framework, lambda: side.open_side(dtype), given)
        return LocalSession(name, worker)

    both = TwoSides(
        ask("the reference", reference, truth),
        {dtype: ask("the port", port, dtype) for dtype in options.dtypes},
    )
    try:
        run_check(both, options, result, ignore)
    except SessionError as error:
        result.hindrance = str(error)
    finally:
        for session in (both.reference, *both.ports.values()):
            session.close()
    return result


def report(result: Check, err_msg: str) -> None:
    """Raise AssertionError with the finding, ValueError where nothing can be said."""
    if result.hindrance:
        raise ValueError(result.hindrance)
    if result.exit_code == 0:
        return
    first = result.first_divergence
    if result.exit_code == 2 or first is None:
        raise ValueError(format_check_headline(result))
    lines = list(format_finding(first, result.framework, replay=MODEL_ADVICE))
    told = [("note", note) for note in result.notes[:MAX_NOTES]]
    lines += format_paragraphs(told, max(MAX_LINES - len(lines), 0)) if told else []
    raise AssertionError("\n".join([err_msg] * bool(err_msg) + lines))
