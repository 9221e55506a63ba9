"""The run as data, in results.json, traces.npz (its curves) and details.npz (its evidence)."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..execution.checksums import check_sums, list_files, write_sums
from ..execution.files import READ_ERRORS, write_atomically, write_json
from ..suite.case import load_arrays
from .host import put_host_back, set_host_apart
from .json_numbers import decode_numbers, encode_numbers
from .verdict import Limit, Verdict, WorstElement

if TYPE_CHECKING:  # a report needs no pandas
    from pandas import DataFrame

SCHEMA = "trueport/run/2"
RESULT_FILES = ("results.json", "traces.npz", "details.npz")
AGAIN = "give the run's command again"
MAX_TOLD_PORTS = 6  # in a line


@dataclass
class PortRun:
    """One port in one dtype: how its process went.

    isolation: how the "network" and the "folder" of its process were held, in words; empty where
        nobody can tell.
    """

    port: str
    framework: str
    dtype: str
    status: str  # ok | not installed | error | timeout | interrupted
    version: str = ""
    message: str = ""
    verdict: str = "not-comparable"  # faithful | convention | unfaithful | not-comparable
    wall_s: float = 0.0
    train_s: float = 0.0
    peak_mb: float = 0.0
    threads: dict[str, int] = field(default_factory=dict)  # by the library that they belong to
    isolation: dict[str, str] = field(default_factory=dict)
    # of the parameters after final_step steps, the last that were kept, by the reference's network;
    # None where there are none, or none that are finite numbers, and in earlier results
    final_accuracy: float | None = None
    final_step: int | None = None


@dataclass
class Trace:
    """A training run: loss per step, accuracy per epoch, distance of parameters to the truth."""

    port: str
    dtype: str
    loss: np.ndarray  # (steps,)
    accuracy_steps: np.ndarray  # (E,) number of steps done at each evaluation
    train_acc: np.ndarray  # (E,)
    test_acc: np.ndarray  # (E,)
    checkpoint_steps: np.ndarray  # (C,)
    param_distance: np.ndarray  # (C,) |W - W_truth| / |W_truth|, all parameters as one vector
    loss_envelope: np.ndarray | None = None  # (steps,) how far a right port's loss may lie
    param_envelope: np.ndarray | None = None  # (C,) likewise, of param_distance


@dataclass
class CrossPortResult:
    """Two ports against each other in one dtype.

    apart: the components in which they part.
    """

    port: str
    other: str
    dtype: str
    compared: int = 0  # components that both offer
    component: str = ""  # in which they part most
    budget_used: float = 0.0  # there, of what both their roundings may come to
    apart: list[str] = field(default_factory=list)
    steps: int = 0  # of training that both did
    param_distance: float | None = None  # |W - W_other| / |W| after these


@dataclass
class Run:
    """Everything a report needs."""

    settings: dict[str, Any]  # steps, batch_size, learning_rate, hidden_size, seed, dtypes, command
    data: dict[str, Any]  # source, train_size, test_size, md5, complete (bool), note
    environment: dict[str, Any]  # python, platform, cpu, cores, packages {name: version}
    ports: list[PortRun] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)  # the truth is port "truth", dtype "float64"
    pairs: list[CrossPortResult] = field(default_factory=list)
    # by dtype: the step from which on rounding alone parts right runs; None if there is none
    horizons: dict[str, int | None] = field(default_factory=dict)
    created: str = ""  # ISO 8601, UTC
    interrupted: bool = False
    # "truth" and each dtype: whether its envelope was "found" in the cache or "computed"
    envelope: dict[str, str] = field(default_factory=dict)
    rosetta: dict[str, Any] = field(default_factory=dict)  # see `compare.chapter.rosetta`
    chapter: dict[str, Any] = field(default_factory=dict)  # see `compare.chapter.pictures`
    # of a reference of the user's own, else nothing: its name, "functions" with the sources of each
    # port, and "checks", what each port's check of each file says beside its verdicts
    against: dict[str, Any] = field(default_factory=dict)
    reference: str = "reference"  # the port that is the truth itself: no comparison of its own
    details: dict[str, np.ndarray] = field(default_factory=dict)  # arrays the records above name
    schema: str = SCHEMA
    # what a notebook shows: `compare.report.page`, which stands above, puts it here
    _repr_html_: ClassVar[Callable[["Run"], str] | None] = None

    def __repr__(self) -> str:
        """Return each port's verdict in a line.

        >>> Run({}, {}, {}, [PortRun("torch", "torch", "float32", "ok", verdict="faithful")])
        <Run: torch faithful>
        """
        return f"<Run{' of ' + self.created if self.created else ''}: {self.format_ports()}>"

    def format_ports(self) -> str:
        """Return what each port came to, in a line."""
        words: dict[str, dict[str, None]] = {}
        for one in self.ports:
            words.setdefault(one.port, {})[one.verdict] = None
        told = [f"{port} {'/'.join(own)}" for port, own in words.items()]
        more = [f"and {len(told) - MAX_TOLD_PORTS} more"] if len(told) > MAX_TOLD_PORTS else []
        return ", ".join([*told[:MAX_TOLD_PORTS], *more]) or "no ports"

    def to_frame(self) -> "DataFrame":
        """Return the verdicts as a pandas DataFrame, a row each: see `compare.judging.rows`.

        >>> run = Run({}, {}, {}, verdicts=[Verdict("p", "c", "g", "float64", "faithful")])
        >>> run.to_frame().shape
        (1, 20)
        """
        from pandas import DataFrame

        from .rows import COLUMNS, flatten_verdicts

        return DataFrame(flatten_verdicts(self), columns=list(COLUMNS))

    @property
    def owner(self) -> str:
        """Whose functions are right, in words."""
        return str(self.against.get("reference") or "the chapter")

    def is_reference(self, port: str) -> bool:
        """Tell whether a port is what the others are held against."""
        return not self.against and port == self.reference

    @property
    def required(self) -> tuple[str, ...]:
        """The ports that the user asked for by name: without them the run is no pass."""
        return tuple(self.settings.get("required") or ())

    def select_verdicts(self, port: PortRun) -> list[Verdict]:
        """Return the verdicts on one port in one dtype."""
        return [v for v in self.verdicts if (v.port, v.dtype) == (port.port, port.dtype)]

    def find_reached_accuracy(self, port: str, dtype: str) -> tuple[float, int] | None:
        """Return the last test accuracy that is known of a port, and after how many steps.

        That of the final parameters, or of an earlier step where that one is not known.
        """
        for one in self.ports:
            if (one.port, one.dtype) == (port, dtype) and one.final_accuracy is not None:
                return one.final_accuracy, one.final_step or 0
        for trace in self.traces:
            if (trace.port, trace.dtype) == (port, dtype) and len(trace.test_acc):
                return float(trace.test_acc[-1]), int(trace.accuracy_steps[-1])
        return None

    def save(self, folder: Path, observations: Path | None = None) -> None:
        """Write results.json, traces.npz and details.npz, each whole or not at all; then sums.

        observations: a folder of which there are sums too, under the name `observations`.
        """
        arrays = {
            f"{trace.port}/{trace.dtype}/{item.name}": value
            for trace in self.traces
            for item in dataclasses.fields(Trace)[2:]
            if (value := getattr(trace, item.name)) is not None
        }
        for name, found in (("traces.npz", arrays), ("details.npz", self.details)):
            if objects := [key for key, array in found.items() if array.dtype.hasobject]:
                raise ValueError(f"{name} holds numbers alone ({', '.join(objects)} are objects)")
            with write_atomically(folder / name) as file:
                np.savez_compressed(file, **found)
        write_json(
            folder / "results.json", encode_numbers(self.to_record()), indent=1, ensure_ascii=False
        )
        files = {name: folder / name for name in RESULT_FILES}
        write_sums(
            folder, files | (list_files(observations, "observations") if observations else {})
        )

    def to_record(self) -> dict[str, Any]:
        """Return the run but for its arrays, as `results.json` holds it."""
        record = dataclasses.asdict(dataclasses.replace(self, traces=[], details={}))
        for name in ("traces", "details"):
            del record[name]
        return set_host_apart(record)

    @classmethod
    def load(cls, folder: Path) -> "Run":
        """Read a run back, each of its files as it was written.

        Raises FileNotFoundError if there is none, ValueError if it is changed, damaged, of another
        version or not one of ours.
        """
        folder = Path(folder)
        record = read_record(folder)
        check_sums(folder, RESULT_FILES)
        try:
            run = cls(**build_records(put_host_back(record)))
            curves: dict[tuple[str, str], dict[str, np.ndarray]] = {}
            for key, array in load_arrays(folder / "traces.npz").items():
                port, dtype, name = key.rsplit("/", 2)
                curves.setdefault((port, dtype), {})[name] = array
            run.traces = [Trace(port, dtype, **arrays) for (port, dtype), arrays in curves.items()]
            run.details = load_arrays(folder / "details.npz")
        except (*READ_ERRORS, TypeError, AttributeError) as error:
            told = f"{type(error).__name__}: {error}"
            raise ValueError(
                f"{folder} holds no run as this version writes it ({told}): {AGAIN}"
            ) from error
        return run


def read_record(folder: Path) -> dict[str, Any]:
    """Return what results.json holds. Raises as `Run.load` does."""
    path = folder / "results.json"
    if not path.exists():
        raise FileNotFoundError(f"no results.json in {folder}: give the folder of a run")
    try:
        record = json.loads(path.read_text(encoding="utf-8"), object_hook=decode_numbers)
    except ValueError as error:
        raise ValueError(f"{path} is cut off or not JSON ({error}): {AGAIN}") from error
    schema = record.get("schema") if isinstance(record, dict) else None
    if schema == SCHEMA:
        return dict(record)
    family, _, version = str(schema).rpartition("/")
    own, _, number = SCHEMA.rpartition("/")
    if family != own or not version.isdigit():
        raise ValueError(f"{path} is no run: its schema must be {SCHEMA} (got {schema})")
    if int(version) > int(number):
        told = f"by a later version of Trueport ({schema}, and this one reads {SCHEMA}): upgrade"
    else:
        told = f"by an earlier version of Trueport ({schema}, now it is {SCHEMA}): {AGAIN}"
    raise ValueError(f"{path} was written {told}")


def build_records(record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a run, its records as ours; record is changed.

    What this version does not know is left out: further keys may be added to the schema.
    """
    for verdict in record["verdicts"]:
        verdict["worst"] = verdict["worst"] and WorstElement(
            **select_fields(WorstElement, verdict["worst"])
        )
        verdict["limits"] = [
            Limit(**select_fields(Limit, limit)) for limit in verdict.get("limits", [])
        ]
    kinds = {"ports": PortRun, "verdicts": Verdict, "pairs": CrossPortResult}
    for name, kind in kinds.items():
        record[name] = [kind(**select_fields(kind, item)) for item in record.get(name, [])]
    return select_fields(Run, record)


def select_fields(kind: type, record: dict[str, Any]) -> dict[str, Any]:
    """Return what of a record are fields of a dataclass.

    >>> select_fields(Limit, {"component": "softmax", "later": 1})
    {'component': 'softmax'}
    """
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return {name: value for name, value in record.items() if name in known}
