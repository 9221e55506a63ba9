"""`trueport check PORT --against REFERENCE` for models: carried, run side by side, judged."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..judging.check import CarriedTensor, Check
from ..judging.results import Verdict
from ..judging.status import FAILURES
from ..models.compare_models import (
    STATISTICS,
    UPDATE,
    ModelComparison,
    compare_models,
    name_whole,
)
from ..models.describe_pairs import describe_unpaired
from ..models.explain import explain_models
from ..models.judge import LAYERS, judge_parts, mark_whole
from ..models.own_weights import mark_layers
from ..models.session import Session, SessionError
from ..models.two_sides import TwoSides
from ..ports.user_code.target import parse_target
from .options import Options, Progress, ignore


def check_model(
    target: str,
    options: Options,
    progress: Progress = lambda name: ignore,
    say: Callable[[str], None] = ignore,
) -> Check:
    """Judge the model of target by that of `options.against`.

    Raises ValueError if one of the two is not there.
    """
    assert options.against is not None
    port, reference = parse_target(target), parse_target(options.against)
    result = Check(target, strict=options.strict, against=options.against, models=True)
    with tempfile.TemporaryDirectory(prefix="trueport-") as name:
        folder = Path(name)
        limits = options.memory_mb, options.timeout
        sides = TwoSides(
            Session(
                f"{reference.text}, the reference",
                folder / "reference",
                reference.to_record(),
                "float64",
                None,
                None,
                *limits,
            ),
            {
                dtype: Session(
                    port.text,
                    folder / dtype,
                    port.to_record(),
                    dtype,
                    options.framework,
                    options.python,
                    *limits,
                )
                for dtype in options.dtypes
            },
        )
        try:
            run_check(sides, options, result, say)
        except SessionError as error:
            result.hindrance = str(error)
        finally:
            for session in (sides.reference, *sides.ports.values()):
                session.close()
    return result


def run_check(sides: TwoSides, options: Options, result: Check, say: Callable[[str], None]) -> None:
    """Open both sides, carry the weights, compare in each dtype; fills result."""
    say("opening both models")
    for session in (sides.reference, *sides.ports.values()):
        session.start()
    sides.open()
    result.framework = sides.port.facts["framework"]
    say("running both models")
    sides.find_inputs(options.shapes)
    sides.describe()
    sides.carry_weights(options.names, options.keep_weights)
    result.notes += [*sides.port.facts["notes"], *sides.notes]
    assert sides.pairing is not None
    result.notes += describe_unpaired(sides.pairing, sides.values, sides.own)
    result.carried = [CarriedTensor(p.reference, p.port, p.how) for p in sides.pairing.pairs]
    for dtype in options.dtypes:
        say(f"comparing in {dtype}")
        found = compare_models(sides, dtype, options.modes, options.gradient)
        verdicts = judge_parts(result.target, dtype, found.parts)
        if found.weights is not None:
            mark_layers(sides, found.weights, found.pairs, verdicts)
        mark_whole(verdicts)
        result.verdicts += verdicts
        result.notes += [note for note in found.notes if note not in result.notes]
        explain(sides, found, verdicts, result, say)


def explain(
    sides: TwoSides,
    found: ModelComparison,
    verdicts: Sequence[Verdict],
    result: Check,
    say: Callable[[str], None],
) -> None:
    """Look for the causes of what fails; what was explained in the first dtype holds in both."""
    told = {v.component: v for v in result.verdicts if v.dtype != found.dtype}
    fresh = []
    for verdict in verdicts:
        if verdict.status in FAILURES:
            known = told.get(verdict.component)
            if known is not None and known.cause is not None:
                verdict.cause = known.cause
            else:
                fresh.append(verdict)
    if fresh:
        say(f"looking for the cause of {len(fresh)}")
        explain_models(sides, found, fresh)


def list_model_parts(options: Options) -> list[str]:
    """Return what is judged of any model, as tests are named: its layers all in one."""
    wholes = ["output", "gradients"] if options.gradient else ["output"]
    parts = ["weights"] * options.keep_weights + [LAYERS] * ("eval" in options.modes)
    parts += [name_whole(whole, mode) for mode in options.modes for whole in wholes]
    if "train" in options.modes:
        parts.append(STATISTICS)
    return parts + [UPDATE] * ("train" in options.modes and options.gradient)
