"""A study as data: what each job gave, and what follows of each pair of ports. Versioned JSON."""

import dataclasses
import itertools
import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..execution.checksums import check_sums, write_sums
from ..execution.files import write_json
from ..rounding.tolerances import STUDY_ALPHA, STUDY_MAX_CENSORED_SHARE, STUDY_POWER
from .statistics import compute_power, find_seeds_needed, tost_independent, tost_paired

SCHEMA = "trueport/study/1"
STUDY_FILE = "study.json"
AGAIN = "give the study's command again"
SUMS_FILE = "study.sha256"  # a run in the same folder has its own


@dataclass
class Outcome:
    """What came of one job. Only an "ok" one has numbers; its curves are thinned."""

    port: str
    seed: int
    run: int
    status: str  # ok | error | timeout
    message: str = ""
    final_accuracy: float | None = None
    reached: int | None = None  # steps done when it was first seen at the target, or above
    loss_steps: list[int] = field(default_factory=list)
    loss: list[float | None] = field(default_factory=list)  # mean up to each; None: not finite
    accuracy_steps: list[int] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    train_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    where: str = ""  # host and process that ran it

    def measure(self, limit: int | None) -> float:
        """Return points of accuracy; with a limit, the steps to the target, at most the limit."""
        if limit is None:
            return 100 * (self.final_accuracy or 0.0)
        return limit if self.reached is None else self.reached


Outcomes = Generator[Outcome, None, None]  # as they come; closing it stops the rest


@dataclass
class PortSample:
    """One port's share of a comparison, in the measure's unit."""

    port: str
    runs: int
    failed: int  # runs without a result
    censored: int  # runs that had not reached the target when they ended
    mean: float | None
    sd: float | None

    @property
    def inconclusive(self) -> bool:
        """Tell whether nothing can be said: of too few runs, or of too many that were censored."""
        return self.runs < 3 or self.censored > STUDY_MAX_CENSORED_SHARE * self.runs


@dataclass
class PortComparison:
    """Two ports in one measure.

    ci: of the difference, 90 % for an alpha of 5 %: inside the margin just when the verdict is
        equivalent.
    power: the chance to show equivalence with so many seeds and the spread seen, if the ports are
        truly equal.
    seeds_needed: for a power of `STUDY_POWER`, were the difference seen the true one; None if no
        number would do. seeds_if_equal: likewise, were there no difference.
    """

    measure: str
    unit: str
    margin: float
    paired: bool
    a: PortSample
    b: PortSample
    verdict: str  # equivalent | different | unsettled | none: nothing can be said
    difference: float | None = None
    ci: tuple[float, float] | None = None
    p_equivalent: float | None = None
    p_equal: float | None = None
    power: float | None = None
    seeds_needed: int | None = None
    seeds_if_equal: int | None = None
    restricted: bool = False  # censored runs count with the steps they ran


@dataclass
class Study:
    """Everything that the pages need."""

    settings: dict[str, Any]
    data: dict[str, Any]
    environment: dict[str, Any]
    created: str
    outcomes: list[Outcome] = field(default_factory=list)
    comparisons: list[PortComparison] = field(default_factory=list)
    interrupted: bool = False
    schema: str = SCHEMA

    @property
    def ports(self) -> list[str]:
        """Return the names of the ports that were asked for."""
        return list(self.settings["ports"])

    def of(self, port: str) -> list[Outcome]:
        """Return a port's outcomes that have numbers, run by run."""
        return [o for o in self.outcomes if o.port == port and o.status == "ok"]

    @property
    def silent(self) -> list[str]:
        """Return the ports that ran, and gave no result in any of their runs."""
        ran = {o.port for o in self.outcomes}
        return [port for port in self.ports if port in ran and not self.of(port)]

    @property
    def failed(self) -> list[Outcome]:
        """Return the outcomes of the runs that gave no result."""
        return [outcome for outcome in self.outcomes if outcome.status != "ok"]

    def save(self, folder: Path) -> Path:
        """Write study.json into folder, whole or not at all, then its sum into study.sha256."""
        path = folder / STUDY_FILE
        write_json(path, dataclasses.asdict(self), ensure_ascii=False)
        write_sums(folder, {STUDY_FILE: path}, SUMS_FILE)
        return path

    @classmethod
    def load(cls, folder: Path) -> "Study":
        """Read it back as it was written.

        Raises FileNotFoundError if there is none, ValueError if it is changed, damaged, of another
        version or not one of ours.
        """
        path = Path(folder) / STUDY_FILE
        if not path.exists():
            raise FileNotFoundError(f"no {STUDY_FILE} in {folder}: give the folder of a study")
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path} is cut off or not JSON ({error}): {AGAIN}") from error
        schema = record.get("schema") if isinstance(record, dict) else None
        if schema != SCHEMA:
            raise ValueError(f"{path}: schema must be {SCHEMA} (got {schema}): {AGAIN}")
        check_sums(Path(folder), (STUDY_FILE,), SUMS_FILE, "study")
        record["outcomes"] = [Outcome(**outcome) for outcome in record["outcomes"]]
        for pair in record["comparisons"]:
            pair["a"], pair["b"] = PortSample(**pair["a"]), PortSample(**pair["b"])
            pair["ci"] = tuple(pair["ci"]) if pair["ci"] else None
        record["comparisons"] = [PortComparison(**pair) for pair in record["comparisons"]]
        return cls(**record)


def compare_ports(
    outcomes: Sequence[Outcome], ports: Sequence[str], settings: Mapping[str, Any], target: float
) -> list[PortComparison]:
    """Return each pair of ports in both measures."""
    measures: tuple[tuple[str, str, float, int | None], ...] = (
        ("final accuracy", "points", settings["margin"], None),
        (f"steps to {target:.2f}", "steps", settings["margin_steps"], settings["steps"]),
    )
    by_port = {port: [o for o in outcomes if o.port == port] for port in ports}
    return [
        compare_pair(
            [by_port[p] for p in pair], pair, measure, unit, margin, bool(settings["paired"]), limit
        )
        for pair in itertools.combinations(ports, 2)
        for measure, unit, margin, limit in measures
    ]


def compare_pair(
    runs: Sequence[Sequence[Outcome]],
    ports: tuple[str, str],
    measure: str,
    unit: str,
    margin: float,
    paired: bool,
    limit: int | None = None,
) -> PortComparison:
    """Compare two ports in one measure: final accuracy, or steps to the target.

    limit: the steps run, where it is steps to the target that are compared; else None. A run that
        never reached the target is censored at `limit`. Up to `STUDY_MAX_CENSORED_SHARE` of them,
        the means of min(steps, limit) are compared (the restricted mean of survival analysis);
        with more, nothing is said. In pairs, the partner of a failed run is left out too.
    """
    good = [sorted((o for o in side if o.status == "ok"), key=lambda o: o.run) for side in runs]
    if paired:
        both = {o.run for o in good[0]} & {o.run for o in good[1]}
        good = [[o for o in side if o.run in both] for side in good]
    values = [[o.measure(limit) for o in side] for side in good]
    sides = [
        PortSample(
            port=port,
            runs=len(chosen),
            failed=sum(o.status != "ok" for o in side),
            censored=sum(o.reached is None for o in chosen) if limit else 0,
            mean=float(np.mean(numbers)) if numbers else None,
            sd=float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None,
        )
        for port, side, chosen, numbers in zip(ports, runs, good, values, strict=True)
    ]
    made = PortComparison(measure, unit, margin, paired, sides[0], sides[1], "none")
    if not any(side.inconclusive for side in sides):
        settle(made, *map(np.array, values))
    return made


def settle(made: PortComparison, a: np.ndarray, b: np.ndarray) -> None:
    """Fill in what follows of the numbers of both ports."""
    made.restricted = bool(made.a.censored or made.b.censored)
    test = (tost_paired if made.paired else tost_independent)(a, b, made.margin, STUDY_ALPHA)
    made.difference, made.ci = test.difference, (test.low, test.high)
    made.p_equivalent, made.p_equal = test.p_equivalent, test.p_equal
    made.power = compute_power(0.0, made.margin, test.se, test.df, STUDY_ALPHA)
    made.verdict = "different" if test.p_equal < STUDY_ALPHA else "unsettled"
    if test.p_equivalent < STUDY_ALPHA:
        made.verdict = "equivalent"
    variance = (np.var(a, ddof=1) + np.var(b, ddof=1)) / 2
    spread = float(np.std(a - b, ddof=1) if made.paired else np.sqrt(variance))
    made.seeds_needed, made.seeds_if_equal = (
        find_seeds_needed(true, made.margin, spread, made.paired, STUDY_ALPHA, STUDY_POWER)
        for true in (test.difference, 0.0)
    )
