"""The table of known faults: complete, executable, visible; and right forms stay unseen."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from framework_process import FRAMEWORK_OF

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.right_forms import find_small_departures, measure_departure
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.cases.data import generate_data_cases
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.chapter.faults import FAULTS, PARAMETRIC_FAULTS
from trueport.compare.chapter.faults.catalogue import CATALOGUE, FAULT_LEVELS
from trueport.compare.chapter.faults.excluded import EXCLUDED_FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.compare import compare_case
from trueport.compare.judging.expected import Expected, expected_outputs, find_changed_inputs
from trueport.compare.ports.frameworks import to_numpy
from trueport.compare.suite.case import Case
from trueport.compare.suite.fault import FAULT_KINDS, Fault
from trueport.compare.suite.mutants import (
    apply_edits,
    import_mutant,
    write_mutant,
)

PACKAGES = ("reference", "torch_impl", "keras_impl")
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # mutants overflow on purpose

FORWARD_WORDS = " The gradient's formula is as it was."
WRONG = [key for key, fault in FAULTS.items() if fault.kind != "benign"]
PRINTED_FORMS = {key for component in COMPONENTS.values() for key in component.printed_forms}
# right forms that round otherwise than the reference, and are within a budget of their own
OWN_BUDGET = {(key, dtype) for key in ("R07/tanh", "R20") for dtype in ("float64", "float32")}
OWN_BUDGET |= {(f"F22/clipped at {n}", "float64") for n in (36, 50, 88, 100, 250, 500, 700)}
OWN_BUDGET |= {(f"F22/clipped at {n}", "float32") for n in (36, 50)}
BENIGN = [key for key, fault in FAULTS.items() if fault.kind == "benign"]


class Mutant:
    """A changed reference as a port in plain NumPy: `compare.chapter.contract.View`."""

    def __init__(self, fault: Fault) -> None:
        self.module = import_mutant(fault.edits["reference"], CHAPTER.truth)

    def get(self, name: str) -> Any:
        found: Any = self.module
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def array(self, value: np.ndarray) -> np.ndarray:
        return value.copy()

    def assign(self, old: Any, new: Any) -> Any:
        return new

    def run(self, case: Case, dtype: str) -> CaseResult:
        """What the mutant gives for a case, in dtype; what it raises is a result too."""
        np.random.seed(0)  # the chapter's networks draw from NumPy's global state
        rounded = case.rounded(dtype)
        inputs = rounded.convert_inputs(self.array)
        try:
            with np.errstate(all="ignore"):
                outputs = COMPONENTS[case.component].call(self, inputs)
                arrays = {k: to_numpy(v) for k, v in outputs.items()}
            changed = [
                key
                for key, value in rounded.inputs.items()
                if isinstance(value, np.ndarray)
                and key not in CHAPTER.mutable_inputs
                and not np.array_equal(value, inputs[key])
            ]
            return CaseResult("ok", "", arrays, mutated=changed)
        except Exception as error:  # noqa: BLE001  # a mutant may raise anything
            return CaseResult("error", type(error).__name__)


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 60 and 30 images of noise, which is all that the cases of load_mnist need."""
    path, rng = tmp_path_factory.mktemp("digits") / "digits.npz", np.random.RandomState(0)
    sets = {}
    for name, size in (("train", 60), ("test", 30)):
        sets[f"x_{name}"] = rng.randint(256, size=(size, 28, 28)).astype(np.uint8)
        sets[f"y_{name}"] = rng.randint(10, size=size).astype(np.uint8)
    np.savez(path, **sets)
    return path


@pytest.fixture(scope="session")
def cases(digits: Path) -> list[Case]:
    return [*generate_data_cases(str(digits), 60, 30, seed=0), *generate_cases()]


@pytest.fixture(scope="session")
def truths(cases: list[Case]) -> dict[str, list[tuple[Case, dict[str, Expected]]]]:
    """The cases that mean something in a dtype, with their truth, by dtype."""
    return {
        dtype: [
            (case, expected_outputs(CHAPTER, case, dtype)) for case in cases if dtype in case.dtypes
        ]
        for dtype in ("float64", "float32")
    }


def share_of_budget(case: Case, truth: dict[str, Expected], result: CaseResult) -> float:
    """The largest share of its budget that a result used; infinite for what is no result."""
    if result.status != "ok":
        return np.inf
    comparison = compare_case(case.id, truth, result)
    return np.inf if comparison.problems else comparison.used


@cache
def mutant(key: str) -> Mutant:
    return Mutant(FAULTS[key])


# ---------------------------------------------------------------- the table


def test_the_table_and_what_is_left_out_cover_the_catalogue() -> None:
    covered = {fault.id for fault in FAULTS.values() if fault.id.startswith("F")}
    assert len(CATALOGUE) == 102
    assert covered | set(EXCLUDED_FAULTS) == set(CATALOGUE)
    assert not covered & set(EXCLUDED_FAULTS)


def test_the_order_is_by_number_and_then_by_form() -> None:
    order = [(f.id[0], int(f.id[1:]), f.form) for f in FAULTS.values()]
    assert order == sorted(order)


@pytest.mark.parametrize("key", FAULTS)
def test_an_entry_is_whole(key: str) -> None:
    fault = FAULTS[key]
    assert key == fault.key
    assert fault.kind in FAULT_KINDS
    assert set(fault.levels) <= set(FAULT_LEVELS)
    assert list(fault.fix) == ["numpy", "torch", "keras"]
    assert fault.edits
    assert set(fault.edits) <= set(PACKAGES)
    assert fault.does.endswith(".")
    assert len(fault.sources) <= 3
    if key in PRINTED_FORMS:
        assert fault.kind == "limit"
    elif fault.id in CATALOGUE:
        assert fault.kind == CATALOGUE[fault.id].kind
    elif fault.id.startswith("T"):  # a series of our own
        assert fault.kind in ("fault", "convention")
    else:
        assert fault.kind == "benign"


@pytest.mark.parametrize("key", FAULTS)
def test_every_edit_fits_the_source_as_it_is_now(key: str) -> None:
    for package, edits in FAULTS[key].edits.items():
        for file, text in apply_edits(f"trueport.{package}", edits).items():
            compile(text, f"{package}/{file}", "exec")


# ---------------------------------------------------------------- the reference


def list_wrong() -> list[Any]:
    """The faults of the reference; of the forms of one, all but the first are for the sweeps."""
    keys = [key for key in WRONG if "reference" in FAULTS[key].edits]
    first = {FAULTS[key].id: key for key in reversed(keys)}.values()
    return [pytest.param(k, marks=[] if k in first else [pytest.mark.sweep]) for k in keys]


@pytest.mark.parametrize("key", list_wrong())
def test_a_fault_shows_in_some_case(key: str, truths: Any) -> None:
    """And where it first shows, the change explains it: run on error-carrying arrays, it gives
    what the mutant gave, within its own budget."""
    fault = FAULTS[key]
    for case, truth in truths[fault.dtypes[0]]:
        result = mutant(key).run(case, fault.dtypes[0])
        if share_of_budget(case, truth, result) > 1.0:
            break
    else:
        pytest.fail("no case shows it")
    # statistics of random draws have no rounding error of their own to carry
    if fault.hypothesis and COMPONENTS[case.component].expected is None:
        assert explains(fault, case), f"{case.component}, {case.id}"


def explains(fault: Fault, case: Case) -> bool:
    """Whether the changed reference reproduces its own mutant, in the coarsest dtype whose range
    holds what the mutant gives."""
    changed = import_mutant(fault.edits["reference"], CHAPTER.truth)
    for dtype in reversed(case.dtypes):
        result = mutant(fault.key).run(case, dtype)
        if all(np.isfinite(output).all() for output in result.outputs.values()):
            break
    if result.status == "error":
        with pytest.raises(Exception) as raised:  # noqa: PT011  # whatever the mutant raised
            expected_outputs(CHAPTER, case, dtype, changed)
        return raised.type.__name__ == result.message
    with np.errstate(all="ignore"):
        truth = expected_outputs(CHAPTER, case, dtype, changed)
    finite = {key: t for key, t in truth.items() if np.isfinite(t.want).all()}
    same = all(
        np.array_equal(np.isfinite(truth[key].want), np.isfinite(result.outputs[key]))
        for key in truth.keys() - finite.keys()
    )
    if set(result.mutated) != set(find_changed_inputs(CHAPTER, case, dtype, changed)):
        return False
    return same and share_of_budget(case, finite, replace(result, mutated=[])) <= 1.0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("key", [k for k in BENIGN if "reference" in FAULTS[k].edits])
def test_a_right_form_stays_within_the_budget(key: str, dtype: str, truths: Any) -> None:
    """Of the reference, or of its own where it rounds otherwise: `causes.right_forms`."""
    edits = FAULTS[key].edits["reference"]
    for case, truth in truths[dtype]:
        result = mutant(key).run(case, dtype)
        used = share_of_budget(case, truth, result)
        if used > 1.0:
            assert (key, dtype) in OWN_BUDGET
            assert not result.mutated
            departing = find_small_departures(dtype, case, truth, result)
            assert departing is not None
            own = {key: (truth[key], result.outputs[key]) for key in departing}
            used = measure_departure(edits, dtype, Experiments(CHAPTER), case, own)
        assert used <= 1.0, f"{case.component}, {case.id}"


# ---------------------------------------------------------------- the twins


@pytest.mark.sweep
@pytest.mark.parametrize("package", PACKAGES[1:])
def test_every_mutant_of_a_twin_can_be_imported(
    package: str, tmp_path: Path, ask_framework: Any
) -> None:
    keys = [key for key, fault in FAULTS.items() if package in fault.edits]
    names = [f"mutant_{number}_of_{package}" for number in range(len(keys))]
    for key, name in zip(keys, names, strict=True):
        write_mutant(f"trueport.{package}", FAULTS[key].edits[package], tmp_path, name)
    question = "names_worker.import_networks"
    assert ask_framework(FRAMEWORK_OF[package], question, str(tmp_path), names) == {}


def test_what_leaves_the_gradient_as_it_was_says_nothing_else_of_it() -> None:
    """But of a bias that is not added, whose gradient is there: the formula is as it was."""
    forms = [f for f in [*FAULTS.values(), *PARAMETRIC_FAULTS] if FORWARD_WORDS in f.does]
    assert {"F08", "F26", "F95"} <= {f.id for f in forms}
    told = {(f.id, f.form) for f in forms if "gradient" in f.does.replace(FORWARD_WORDS, "")}
    assert told == {("F98", f"{b}, with its gradient, forward") for b in ("b1", "b2")}
