"""`trueport check PORT --against REFERENCE` for models: carried, run side by side, judged."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..execution.temporary import make_temporary_folder
from ..judging.check import CarriedTensor, Check
from ..judging.model_details import ModelDetails
from ..judging.status import FAILURES
from ..judging.verdict import SEARCH_ENDED, Verdict
from ..models.compare_models import (
    ModelComparison,
    ask_layers,
    begin_comparison,
    compare_layers,
    run_forced,
)
from ..models.compare_training import Training, describe_sums, prepare_training, train_sides
from ..models.compare_whole import (
    LEARNING_RATE,
    STATISTICS,
    UPDATE,
    ask_modes,
    compare_mode,
    name_whole,
)
from ..models.describe_pairs import describe_unpaired
from ..models.describe_sides import add_layers, describe_sides
from ..models.explain import explain_models
from ..models.judge import (
    LAYERS,
    Part,
    collect_part_evidence,
    judge_parts,
    mark_whole,
    set_paired_otherwise_aside,
)
from ..models.own_weights import compare_weights, mark_layers
from ..models.session import Session, SessionError
from ..models.settle_pairing import settle_pairing
from ..models.two_sides import TwoSides
from ..ports.user_code.target import parse_target
from .model_files import find_framework
from .options import Options

CAUSE_SECONDS = 60.0  # after which no other search for a cause is begun


def check_model(target: str, options: Options, say: Callable[[str], None]) -> Check:
    """Judge the model of target by that of `options.against`; see `check_against`."""
    first: Check | None = None
    for dtypes, truth in list_attempts(options.dtypes):
        result = check_in(target, replace(options, dtypes=dtypes), truth, say)
        if first is not None and not result.hindrance:
            told = first.hindrance.rpartition("Error: ")[2]
            result.notes.insert(0, f"compared in float32 alone: in float64 it cannot run ({told})")
        if result.verdicts or not is_about_dtypes(result.hindrance):
            return result if first is None or not result.hindrance else first
        first = first or result
    assert first is not None
    return first


def list_attempts(dtypes: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
    """Return the dtypes of the port, and that of the reference, the most telling ones first.

    A model whose code is written for float32 does not run in float64.
    """
    attempts = [(tuple(dtypes), "float64")]
    if "float32" in dtypes:
        attempts += [(("float32",), "float64"), (("float32",), "float32")]
    return list(dict.fromkeys(attempts))


def is_about_dtypes(hindrance: str) -> bool:
    """Whether a model could not run for the dtype that it was given.

    >>> is_about_dtypes("Net does not run on float64: RuntimeError: expected scalar type Float")
    True
    >>> is_about_dtypes("Net does not run on float64: RuntimeError: shapes cannot be multiplied")
    False
    """
    _, error, told = hindrance.rpartition("Error: ")
    return bool(error) and bool(re.search(r"\b(dtype|double|float\w*|half)\b", told, re.IGNORECASE))


def check_in(target: str, options: Options, truth: str, say: Callable[[str], None]) -> Check:
    """Judge in the dtypes of options, the reference computing in truth."""
    assert options.against is not None
    port, reference = parse_target(target), parse_target(options.against)
    result = Check(target, strict=options.strict, against=options.against, models=True)
    result.framework = options.framework or find_framework(port)  # till it is open
    with make_temporary_folder() as folder:
        limits = options.memory_mb, options.timeout
        named = f"{reference.text}, the reference"
        record = reference.to_record()
        first = Session(named, folder / "reference", record, truth, None, None, *limits)
        ports = {
            dtype: Session(
                port.text,
                folder / dtype,
                port.to_record(),
                dtype,
                options.framework,
                options.python,
                *limits,
                device=options.device,
            )
            for dtype in options.dtypes
        }
        sides = TwoSides(first, ports)
        try:
            run_check(sides, options, result, say)
        except SessionError as error:
            result.hindrance = str(error)
        finally:
            for session in (first, *ports.values()):
                session.close()
        notes = [note for session in ports.values() for note in session.notes]
        notes += [f"the reference: {note}" for note in first.notes]
        result.notes += dict.fromkeys(notes)
    return result


def run_check(sides: TwoSides, options: Options, result: Check, say: Callable[[str], None]) -> None:
    """Open both sides, carry the weights, compare in each dtype; fills result."""
    say("opening both models")
    for session in (sides.reference, *sides.ports.values()):
        session.start()
    sides.open()
    result.framework = sides.port.facts["framework"]
    result.isolation = sides.port.facts.get("isolation", {})
    say("running both models")
    sides.find_inputs(options.shapes)
    sides.describe()
    sides.carry_weights(options.names, options.keep_weights)
    begun = settle_pairing(sides, options.dtypes[0])
    told = [note for record in sides.records.values() for note in record.notes]
    result.notes += dict.fromkeys([*sides.port.facts["notes"], *told, *sides.notes])
    assert sides.pairing is not None
    result.notes += describe_unpaired(sides.pairing, sides.values, sides.own)
    result.carried = [CarriedTensor(p.reference, p.port, p.how) for p in sides.pairing.pairs]
    result.details = describe_sides(sides, (result.target, result.against))
    result.details.arguments = tuple(list_arguments(options))
    trainings = []
    for dtype in options.dtypes:
        say(f"comparing in {dtype}")
        found = begun if dtype == begun.dtype else begin_comparison(sides, dtype)
        verdicts = judge_dtype(sides, found, options, result)
        seconds = math.inf if options.deep else CAUSE_SECONDS
        explain(sides, found, verdicts, result, seconds, say)
        add_layers(result.details, sides, found)
        result.details.arrays |= collect_part_evidence(verdicts, found.parts, f"{dtype}/")
        trainings.append(prepare_training(found))
    if options.curves:
        say("training both models")
        train(sides, [one for one in trainings if one is not None], result.details)


def judge_dtype(
    sides: TwoSides, found: ModelComparison, options: Options, result: Check
) -> list[Verdict]:
    """Compare and judge in one dtype, stage by stage; only what fails is kept in full."""
    verdicts: list[Verdict] = []
    for parts in compare_stages(sides, found, options):
        own = judge_parts(result.target, found.dtype, parts)
        failed = {verdict.component for verdict in own if not verdict.passed}
        found.parts += [part for part in parts if part.component in failed]
        verdicts += own
    aside = set_paired_otherwise_aside(verdicts)
    result.notes += [note for note in aside if note not in result.notes]
    if found.own_weights is not None:
        mark_layers(sides, found.own_weights, found.pairs, verdicts)
    mark_whole(verdicts)
    result.verdicts += verdicts
    result.notes += [note for note in found.notes if note not in result.notes]
    return verdicts


def compare_stages(
    sides: TwoSides, found: ModelComparison, options: Options
) -> Iterator[list[Part]]:
    """Yield what there is to judge: weights, layers, each mode of the whole.

    Raises SessionError if the reference cannot be run.
    """
    if sides.keep:
        found.own_weights = compare_weights(sides, found.dtype)
        yield [found.own_weights]
    if found.forced is None:
        run_forced(sides, found)
    layers = "eval" in options.modes
    if layers:
        ask_layers(sides, found)
    ask_modes(sides, found, options.modes, options.gradient)
    if layers:
        yield compare_layers(sides, found)
    for mode in options.modes:
        yield compare_mode(sides, found, mode, options.gradient)


def list_arguments(options: Options) -> Iterator[str]:
    """Yield what the command line needs beside both files to compare the same once more."""
    for shape in options.shapes:
        yield from ("--input", shape)
    for theirs, mine in options.names.items():
        yield from ("--map", f"{mine}={theirs}")
    if options.keep_weights:
        yield "--keep-weights"
    if len(options.dtypes) == 1:
        yield from ("--dtype", options.dtypes[0])
    if len(options.modes) == 1:
        yield from ("--mode", options.modes[0])
    if not options.gradient:
        yield "--no-gradient"
    if options.device != "cpu":
        yield from ("--device", options.device)
    if options.framework:
        yield from ("--framework", options.framework)
    if options.python is not None:
        yield from ("--python", str(options.python))


def train(sides: TwoSides, trainings: Sequence[Training], details: ModelDetails) -> None:
    """Record curves; what cannot be trained is said, and judges nothing."""
    details.learning_rate, details.training = LEARNING_RATE, describe_sums(sides)
    for one in trainings:
        try:
            details.traces += train_sides(sides, one)
        except SessionError as error:
            details.training.append(f"no curves in {one.dtype}: {error}")


def explain(
    sides: TwoSides,
    found: ModelComparison,
    verdicts: Sequence[Verdict],
    result: Check,
    seconds: float,
    say: Callable[[str], None],
) -> None:
    """Look for the causes of what fails; what the search in the first dtype told holds in both."""
    told = {v.component: v for v in result.verdicts if v.dtype != found.dtype}
    fresh = []
    for verdict in verdicts:
        if verdict.status in FAILURES:
            known = told.get(verdict.component)
            if known is not None and known.status in FAILURES:
                verdict.cause, verdict.known = known.cause, known.known
            else:
                fresh.append(verdict)
    if fresh:
        say(f"looking for the cause of {len(fresh)}")
        try:
            explain_models(sides, found, fresh, seconds)
        except SessionError as error:
            result.notes.append(f"the search for causes in {found.dtype} has ended early: {error}")
            for verdict in fresh:
                verdict.known += [SEARCH_ENDED] if verdict.cause is None else []


def list_model_parts(options: Options) -> list[str]:
    """Return what is judged of any model, as tests are named: its layers all in one."""
    wholes = ["output", "gradients"] if options.gradient else ["output"]
    parts = ["weights"] * options.keep_weights + [LAYERS] * ("eval" in options.modes)
    parts += [name_whole(whole, mode) for mode in options.modes for whole in wholes]
    if "train" in options.modes:
        parts.append(STATISTICS)
    return parts + [UPDATE] * ("train" in options.modes and options.gradient)
