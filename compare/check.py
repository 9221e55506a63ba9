"""Is this port faithful? Anybody's code, judged in both dtypes, with causes where there are any."""

import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from compare.cases import Case, all_cases, data_cases, load_cases, save_cases
from compare.contract import COMPONENTS
from compare.data import EMBEDDED
from compare.diagnose import Experiments, Seen
from compare.explain import explain, grouped
from compare.faults import FAULTS
from compare.faults.fault import Fault
from compare.judge import first_divergence, judge_port, overall
from compare.observe import CaseResult, Job, Observation, Observer
from compare.ports import PortSpec
from compare.recorded import is_recorded, observe_recorded
from compare.recorder import is_recording, judge_recording
from compare.results import Verdict
from compare.targets import Target, parse_target
from compare.truth import all_truths

DTYPES = ("float64", "float32")
TIMEOUT = 60.0  # seconds for one case
MEMORY_MB = 4096


@dataclass
class Check:
    """The answer. accepted: ids of conventions that the user has accepted."""

    target: str
    framework: str = "numpy"
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    accepted: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        return overall(self.verdicts)

    @property
    def first_divergence(self) -> Verdict | None:
        return first_divergence(self.verdicts)

    @property
    def conventions(self) -> list[str]:
        """The ids of the conventions found, accepted or not."""
        return sorted(
            {
                v.cause["id"]
                for v in self.verdicts
                if v.status == "convention" and v.cause is not None
            }
        )

    @property
    def exit_code(self) -> int:
        """0 faithful, 1 unfaithful, 2 not comparable, 3 faithful but for conventions."""
        if self.verdict == "convention":
            return 0 if set(self.conventions) <= set(self.accepted) else 3
        return {"faithful": 0, "unfaithful": 1}.get(self.verdict, 2)


@dataclass(frozen=True)
class Options:
    """How to check. framework, loss: None to find out. python: the user's own interpreter."""

    framework: str | None = None
    loss: str | None = None
    dtypes: tuple[str, ...] = DTYPES
    python: Path | None = None
    timeout: float = TIMEOUT
    memory_mb: int = MEMORY_MB
    accept: tuple[str, ...] = ()
    data: str | None = None  # the digits of a recorded training, where they are not found


def accepted_in(folder: Path) -> tuple[str, ...]:
    """The conventions that folder's pyproject.toml accepts: `[tool.trueport] accept = [...]`.

    Raises ValueError if the key holds something else than ids of known conventions.
    """
    path = folder / "pyproject.toml"
    if not path.exists():
        return ()
    with path.open("rb") as file:
        found = tomllib.load(file).get("tool", {}).get("trueport", {}).get("accept", [])
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise ValueError(f"{path}: tool.trueport.accept must be a list of ids (got {found!r})")
    return tuple(found)


def known_conventions(ids: Iterable[str]) -> tuple[str, ...]:
    """These ids, each a convention of the catalogue. Raises ValueError for another."""
    known = {f.id for f in FAULTS.values() if f.kind == "convention"}
    for name in ids:
        if name not in known:
            raise ValueError(
                f"--accept must name conventions (got {name!r}): known are "
                f"{', '.join(sorted(known, key=lambda k: int(k[1:])))}"
            )
    return tuple(ids)


def check(
    target: str, options: Options, progress: Callable[[str], Any] = lambda name: None
) -> Check:
    """Judge whatever target names. Raises ValueError if there is nothing there to judge.

    progress: called with the name of each process; returns a function for its observer.
    """
    accepted = known_conventions(options.accept)
    folder = Path(target)
    if folder.is_dir() and is_recording(folder):
        return Check(target, "arrays", judge_recording(folder, options.data), accepted=accepted)
    if folder.is_dir() and is_recorded(folder):
        seen = observe_recorded(folder)
        result = Check(target, "arrays", accepted=accepted)
        judge_all(result, {seen.dtype: (seen.selection, seen.cases)})
        result.notes += [seen.message] if seen.message else []
        return result
    parsed = parse_target(target, elsewhere=options.python is not None)
    return check_code(target, parsed, options, accepted, progress)


def check_code(
    text: str,
    target: Target,
    options: Options,
    accepted: tuple[str, ...],
    progress: Callable[[str], Any],
) -> Check:
    """Run the target in a process for each dtype, side by side, and judge what comes back."""
    result = Check(text, accepted=accepted)
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="trueport-") as name:
        folder = Path(name)
        cases = [*data_cases(*EMBEDDED, seed=0), *all_cases()]
        save_cases(cases, folder / "cases")
        observers = []
        for dtype in options.dtypes:
            job = Job(
                name=f"{text} {dtype}",
                port=PortSpec(text, "", "numpy", ()),
                dtype=dtype,
                folder=folder / dtype,
                cases=folder / "cases",
                target=target.record(),
                framework=options.framework,
                loss=options.loss,
                python=options.python,
                case_timeout=options.timeout,
                memory_mb=options.memory_mb,
            )
            observers.append(Observer(job, progress(dtype) or (lambda what, done: None), stop))
        with ThreadPoolExecutor(len(observers)) as pool:
            try:
                seen = list(pool.map(Observer.run, observers))
            finally:
                stop.set()
        tried = {o.job.dtype: (cases_of(o, cases), o.cases) for o in seen}
    facts = next((o.facts for o in seen if o.facts), {})
    result.framework = facts.get("framework", options.framework or "numpy")
    result.notes += describe(facts, seen)
    judge_all(result, tried)
    return result


def cases_of(observation: Observation, cases: list[Case]) -> list[Case]:
    """The cases that the port was given: a model of one size brings cases of its own."""
    own = observation.case_folder
    return cases if own in (None, observation.job.cases) else load_cases(own)


def describe(facts: dict[str, Any], seen: Sequence[Observation]) -> list[str]:
    """What the user should know about how the target was taken."""
    notes = list(facts.get("notes", []))
    notes += [f"{o.job.dtype}: {o.status}: {o.message}" for o in seen if o.status != "ok"]
    return list(dict.fromkeys(notes))


Tried = dict[str, tuple[list[Case], dict[int, CaseResult]]]


def judge_all(result: Check, tried: Tried) -> None:
    """Fill result.verdicts: judged and explained in each dtype, float64 first."""
    likely: list[Fault] = []
    experiments = Experiments()
    unknown: set[str] = set()
    judged: dict[str, list[Verdict]] = {}
    for dtype, (cases, results) in tried.items():
        if not results:
            continue
        truths = all_truths(cases, dtype)
        verdicts = judge_port(result.target, dtype, cases, truths, results)
        seen = grouped(cases, truths, results, dtype)
        if dtype == "float64" and "float32" in tried:
            single = {
                c
                for c, group in seen.items()
                if COMPONENTS[c].stored is None and only_float32(group)
            }
            verdicts = [v for v in verdicts if v.component not in single]
            result.notes += single_notes(single)
        for component, diagnosis in explain(verdicts, seen, likely, experiments, unknown).items():
            likely += [fit.fault for fit in diagnosis.fits if fit.fault not in likely]
            if not diagnosis.fits:
                unknown.add(component)
        judged[dtype] = verdicts
    if "float64" in judged and "float32" in judged:
        have = {v.component for v in judged["float64"]}
        judged["float64"] += [
            without_float64(v) for v in judged["float32"] if v.component not in have
        ]
    result.verdicts = [v for verdicts in judged.values() for v in verdicts]


def only_float32(group: Seen) -> bool:
    """Whether a port that was given float64 gave back float32, in every case that ran."""
    kinds = [kind for _, _, r in group if r.status == "ok" for kind in r.dtypes.values()]
    return bool(kinds) and all(kind == "float32" for kind in kinds)


def single_notes(components: set[str]) -> list[str]:
    if not components:
        return []
    return [
        f"computes in float32 when given float64: {', '.join(sorted(components))}; judged in "
        "float32, which cannot see a fault smaller than float32's rounding"
    ]


def without_float64(verdict: Verdict) -> Verdict:
    """The float64 verdict of a component that has no float64: that of float32, without power."""
    if verdict.status == "missing":
        return replace(verdict, dtype="float64")
    message = verdict.message or "computes in float32 when given float64: judged in float32"
    return replace(verdict, dtype="float64", no_power=True, message=message)
