"""`trueport check PORT --against REFERENCE`: functions held against a NumPy file of the user's."""

import difflib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..execution.observation import Observation, PortJob
from ..execution.runner import observe_jobs
from ..execution.temporary import make_temporary_folder
from ..functions.explain import Task, explain, find_surviving_edits
from ..functions.function_case import FunctionCase, load_function_cases
from ..functions.judge import (
    Comparison,
    compare_functions,
    has_gradients,
    judge_function,
    mark_downstream,
    sort_by_depth,
)
from ..functions.reference import describe_classes, find_unmade
from ..functions.reference_worker import DTYPES
from ..judging.check import Check, NotLookedAt
from ..judging.double_alone import settle_double_alone
from ..judging.status import FAULTS
from ..judging.verdict import SEARCH_ENDED, Verdict
from ..ports.user_code.source import imports_only
from ..ports.user_code.target import Target, parse_target
from ..suite.component import PortSpec
from .model_files import has_models, refuse_weights
from .named_functions import list_functions, name_function, read_tree
from .options import JOB_OPTIONS, Options, Progress, collect_notes, find_hindrance, ignore

REFERENCE_WORKER = "trueport.compare.functions.reference_worker"
PORT_WORKER = "trueport.compare.functions.port_worker"
SURVIVOR_SECONDS = 3.0  # for what the inputs could not show
DEEP_SECONDS = 600.0  # for the causes with --deep
DRAWS = (
    "called again, it gives another result: it draws random numbers or keeps a state; let it take "
    "what it draws as an argument"
)
GRADIENTS_IN_DOUBLE = "gradients were compared in float64 alone"
BLIND_GRADIENTS = (
    "gradients of {names} prove nothing: rounding may move them by more than a tenth of their "
    "size, as where the reference computes in float32"
)
# what a NumPy port imports
WITHOUT_GRADIENTS = {"numpy", "scipy", *sys.stdlib_module_names} - {"importlib", "runpy"}
NOBODY = PortSpec("", "", "numpy", ())


def check_against(
    target: str,
    options: Options,
    progress: Progress = lambda name: ignore,
    say: Callable[[str], None] = ignore,
) -> Check:
    """Judge the functions of target by those of `options.against`, or its model.

    Raises ValueError if one of the two is not there.
    """
    assert options.against is not None
    for text in (target, options.against):
        refuse_weights(text)
    if has_models(options.against):
        from .check_model import check_model

        return check_model(target, options, say)
    if bad := [n for pair in options.names.items() for n in pair if not n.isidentifier()]:
        raise ValueError(f"--map must be MINE=THEIRS, two names of functions (got {bad[0]!r})")
    port = parse_target(target, elsewhere=options.python is not None)
    reference = parse_target(options.against)
    result = Check(target, strict=options.strict, against=options.against)
    with make_temporary_folder() as folder:
        run = AgainstRun(folder, port, reference, options, result)
        run.observe(progress)
        if not result.hindrance:
            run.judge(say)
    return result


def observe_reference(
    reference: Target,
    options: Options,
    folder: Path,
    wanted: Sequence[str] | None,
    progress: Progress,
    gradient: bool = True,
) -> Observation:
    """Run a reference; wanted: the functions that are compared, None for all.

    gradient: whether a port may have any to compare.
    """
    inputs = options.inputs
    extra = {
        "inputs": str(Path(inputs).resolve()) if inputs else None,
        "wanted": wanted,
        "dtypes": list(options.dtypes),
        "gradient": options.gradient and gradient,
    }
    job = PortJob(
        f"{reference.text} reference",
        NOBODY,
        "float64",
        folder,
        target=reference.to_record(),
        case_timeout=options.timeout,
        memory_mb=options.memory_mb,
        suite="",
        worker=REFERENCE_WORKER,
        extra=extra,
    )
    return observe_jobs([job], 1, progress)[0]


@dataclass
class AgainstRun:
    """One check: both sides run, judged and explained; fills result.

    truth: what the reference does, where it was run before, for several ports.
    """

    folder: Path
    port: Target
    reference: Target
    options: Options
    result: Check
    truth: Observation | None = None
    survivors: bool = True  # whether to look for what the inputs could not show
    some_names: bool = False  # whether the port may lack what it is said to have by another name
    seen: Sequence[Observation] = ()
    cases: list[FunctionCase] = field(default_factory=list)
    compared: dict[str, dict[str, Comparison]] = field(default_factory=dict)  # by dtype, function

    def observe(self, progress: Progress) -> None:
        """Run the reference, if it is not known by now, then the port in each dtype."""
        if self.truth is None:
            wanted, folder = self.find_wanted(), self.folder / "reference"
            self.truth = observe_reference(
                self.reference, self.options, folder, wanted, progress, not self.is_surely_numpy()
            )
        if self.truth.status != "ok" and not self.truth.cases:
            self.result.hindrance = f"{self.reference.text}, the reference: {self.truth.message}"
            return
        cases = self.truth.job.folder / "cases"
        try:
            self.cases = load_function_cases(cases)
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
            told = f"the calls that it gave cannot be read ({error}): did it delete {cases}?"
            self.result.hindrance = f"{self.reference.text}, the reference: {told}"
            return
        jobs = [self.make_port_job(dtype, cases) for dtype in self.options.dtypes]
        self.seen = observe_jobs(jobs, len(jobs), progress)
        facts = next((o.facts for o in self.seen if o.facts), {})
        self.result.framework = facts.get("framework", "numpy")
        self.result.isolation = facts.get("isolation", {})
        self.result.hindrance = find_hindrance(self.seen)
        notes = [f"{o.job.dtype}: {o.status}: {o.message}" for o in self.seen if o.status != "ok"]
        notes += [f"the reference: {note}" for note in self.truth.facts.get("notes", [])]
        if self.result.framework != "numpy":  # NumPy differentiates nothing
            notes += self.truth.facts.get("without_gradients", [])
        self.result.notes += dict.fromkeys([*collect_notes(self.seen), *notes])
        self.note_left(facts)

    def find_wanted(self) -> list[str] | None:
        """Return the reference's functions that the port may have; None where nobody can tell."""
        if single := name_function(self.reference):
            return [single]
        if single := name_function(self.port):
            theirs = [name for name, mine in self.options.names.items() if mine == single]
            return theirs or [single]
        names = list_functions(self.port)
        return None if names is None else [*names, *self.options.names]

    def is_surely_numpy(self) -> bool:
        """Whether the port imports nothing that could differentiate, as reading tells."""
        tree = read_tree(self.port)
        if tree is None or self.options.framework:
            return False
        return imports_only(tree, WITHOUT_GRADIENTS)

    def make_port_job(self, dtype: str, cases: Path) -> PortJob:
        """Return the job of the port in one dtype."""
        assert self.truth is not None
        parameters = self.truth.facts["parameters"]
        single = name_function(self.port) and name_function(self.reference)
        changes = {
            str(number): [
                key.removeprefix("want:")
                for key in self.truth.cases[2 * number].outputs
                if key.startswith("want:") and key.endswith(" afterwards")
            ]
            for number in range(len(self.cases))
            if 2 * number in self.truth.cases
        }
        extra = {
            "names": dict(self.options.names),
            "some_names": self.some_names,
            "gradient": self.options.gradient,
            "single": single,
            "parameters": parameters,
            "defaults": self.truth.facts["defaults"],
            "changes": changes,
            "reference": self.reference.path,
        }
        asked: dict[str, Any] = {name: getattr(self.options, name) for name in JOB_OPTIONS}
        asked |= {"target": self.port.to_record(), "case_timeout": self.options.timeout}
        return PortJob(
            f"{self.port.text} {dtype}",
            NOBODY,
            dtype,
            self.folder / dtype,
            cases=cases,
            suite="",
            worker=PORT_WORKER,
            extra=extra,
            **asked,
        )

    def note_left(self, facts: dict[str, Any]) -> None:
        """List what was not compared, on both sides."""
        assert self.truth is not None
        theirs = list(self.truth.facts.get("functions", {}))
        if self.port.name is not None or self.reference.name is not None:
            return  # one was asked for by name
        mine = [*facts.get("functions", []), *facts.get("others", [])]
        compared = {case.function for case in self.cases}
        used = {self.options.names.get(name, name) for name in compared}
        paired = {name for name in compared if self.options.names.get(name, name) in mine}
        for name in mine:
            if name not in used:
                others = [other for other in theirs if other != name and other not in paired]
                near = difflib.get_close_matches(name, others, n=1, cutoff=0.7)
                self.result.not_looked_at.append(NotLookedAt(name, near[0] if near else ""))
        classes = dict.fromkeys([*self.truth.facts.get("classes", []), *facts.get("classes", [])])
        sources = [self.truth.facts.get("sources", {}), facts.get("sources", {})]
        if unmade := find_unmade(list(classes), paired, sources):
            self.result.notes.append(describe_classes(unmade))
        if without := self.truth.facts.get("without_inputs"):
            given = [name for name in without if self.options.names.get(name, name) in mine]
            if given:
                self.result.notes.append(f"no inputs for {', '.join(given)}: not compared")

    def judge(self, say: Callable[[str], None]) -> None:
        """Judge every function in each dtype."""
        assert self.truth is not None
        callees = self.truth.facts.get("callees", {})
        tasks: list[Task] = []
        explained: set[str] = set()
        for observation in self.seen:
            dtype = observation.job.dtype
            say(f"judging in {dtype}")
            offset = DTYPES.index(dtype)
            found = compare_functions(self.cases, self.truth, observation, dtype, offset)
            self.compared[dtype] = found
            order = sort_by_depth(list(found), callees)
            verdicts = [judge_function(self.result.target, found[name]) for name in order]
            mark_downstream(verdicts, callees)
            for verdict in verdicts:
                if verdict.component in observation.facts.get("draws", []):
                    verdict.known += [DRAWS] if verdict.status == "unfaithful" else []
                elif verdict.status in FAULTS and verdict.component not in explained:
                    compared = found[verdict.component]
                    tasks.append(Task(verdict, compared, observation.job.folder))
                    explained.add(verdict.component)
            self.result.verdicts += verdicts
        self.result.notes += settle_double_alone(self.result.verdicts)
        in_double = self.compared.get("float64", {})
        if blind := [name for name, one in in_double.items() if one.blind_gradients]:
            self.result.notes.append(BLIND_GRADIENTS.format(names=", ".join(blind)))
        if "float32" in self.compared and has_gradients(in_double):
            self.result.notes.append(GRADIENTS_IN_DOUBLE)
        if self.survivors and not tasks:
            self.find_survivors(say)
        seconds = DEEP_SECONDS if self.options.deep else DIAGNOSIS_SECONDS
        if tasks:
            say(f"looking for the cause of {len(tasks)}")
            sources = self.truth.facts["sources"]
            try:
                explain(tasks, self.truth, self.folder, seconds, sources, self.seen[0].job)
            except OSError as error:  # a port may delete more than its own folder
                self.result.notes.append(f"the search for causes has ended early: {error}")
                for task in tasks:
                    task.verdict.known += [SEARCH_ENDED] if task.verdict.cause is None else []
            share_causes(self.result.verdicts)

    def find_survivors(self, say: Callable[[str], None]) -> None:
        """Look for the edits of right functions that their calls would not show."""
        assert self.truth is not None
        right = [v for v in self.result.verdicts if v.passed and v.dtype == "float64"]
        if not right or self.seen[0].job.dtype != "float64":
            return
        say("looking for what the inputs could not show")
        found, folder = self.compared["float64"], self.seen[0].job.folder
        passed = [Task(v, found[v.component], folder) for v in right]
        self.result.surviving_faults = find_surviving_edits(
            passed, self.truth, self.folder, SURVIVOR_SECONDS, self.truth.facts["sources"]
        )


def share_causes(verdicts: Sequence[Verdict]) -> None:
    """Give what fails in the other dtype too the cause that was found in the first."""
    told = [v for v in verdicts if v.cause or v.ruled_out or v.known]
    causes = {v.component: (v.cause, v.ruled_out, v.known) for v in told}
    for verdict in verdicts:
        if verdict.status in FAULTS and verdict.cause is None and verdict.component in causes:
            verdict.cause, verdict.ruled_out, verdict.known = causes[verdict.component]
