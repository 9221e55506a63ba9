"""What is audited: the mutants of each package, in parts that are a process each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from trueport.compare.chapter.cases import CASES_SEED
from trueport.compare.chapter.faults import FAULTS

PACKAGE_FRAMEWORKS = {"reference": "numpy", "torch_impl": "torch", "keras_impl": "keras"}
DTYPES = ("float64", "float32")
FAULTS_KIND, RIGHT_FORMS_KIND, CURVES_KIND = "faults", "right forms", "recorded trainings"
AUDIT_KINDS = (FAULTS_KIND, RIGHT_FORMS_KIND, CURVES_KIND)
TRAINING_STEPS = 50  # of a recorded training: an epoch of the embedded digits and a quarter
UNCHANGED_PACKAGE = "as it stands"  # the package itself, as one more right form
# How many seeds the right forms are tried on. Keras runs a case some ten times slower than NumPy.
SEED_COUNTS = {"reference": 20, "torch_impl": 10, "keras_impl": 2}

AuditRecord = dict[str, Any]  # of one mutant, dtype and seed
RecordKey = tuple[str, str, str, int]


def get_record_key(record: AuditRecord) -> RecordKey:
    """Return what a record is of."""
    return record["package"], record["dtype"], record["key"], record["seed"]


@dataclass(frozen=True)
class AuditPart:
    """One process: some mutants of one package in one dtype.

    kind: of `AUDIT_KINDS`.
    """

    kind: str
    package: str
    dtype: str
    mutants: tuple[str, ...]
    seeds: tuple[int, ...]

    @property
    def name(self) -> str:
        """Return the part in words."""
        return f"{self.kind} of {self.package}, {self.dtype}"

    def list_wanted(self) -> Iterator[RecordKey]:
        """Yield what there is a record of when the part is done."""
        for key in self.mutants:
            if key not in FAULTS or self.dtype in FAULTS[key].dtypes:
                for seed in self.seeds:
                    yield self.package, self.dtype, key, seed


def plan_parts(
    packages: Iterable[str],
    dtypes: Iterable[str],
    scale: float,
    kinds: Iterable[str] = (FAULTS_KIND, RIGHT_FORMS_KIND),
) -> list[AuditPart]:
    """Return the work.

    scale: of the number of seeds for right forms.
    """
    found = []
    for package in packages:
        own = [fault for fault in FAULTS.values() if package in fault.edits]
        wrong = [fault for fault in own if fault.kind in ("fault", "convention")]
        seeds = range(1, 1 + max(2, round(scale * SEED_COUNTS[package])))
        works: dict[str, tuple[list[str], Iterable[int]]] = {
            FAULTS_KIND: ([f.key for f in wrong], [CASES_SEED]),
            RIGHT_FORMS_KIND: (
                [UNCHANGED_PACKAGE, *(f.key for f in own if f.kind == "benign")],
                seeds,
            ),
            CURVES_KIND: (
                [UNCHANGED_PACKAGE, *(f.key for f in wrong if "curve" in f.levels)],
                [0],
            ),
        }
        for dtype in dtypes:
            for kind in kinds:
                mutants, tried = works[kind]
                found.append(AuditPart(kind, package, dtype, tuple(mutants), tuple(tried)))
    return found


def drop_known_mutants(part: AuditPart, known: Iterable[AuditRecord]) -> AuditPart:
    """Return the part without the mutants whose every seed is known."""
    have = {get_record_key(record) for record in known}
    left = dict.fromkeys(
        key for *place, key, seed in part.list_wanted() if (*place, key, seed) not in have
    )
    return replace(part, mutants=tuple(left))
