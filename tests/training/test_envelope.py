"""The envelope: no right training leaves it, and every wrong one does at once.

The fast half runs NumPy alone on the embedded digits. The sweep runs every port on the whole of
MNIST: some minutes on two cores.
"""

import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from envelope_setting import BOTH, Setting, judged
from paths import WHOLE_MNIST
from training_faults import FAULTY, last_batch_smaller

from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.cache import Cache
from trueport.compare.execution.observation import PortJob
from trueport.compare.execution.runner import PortRunner
from trueport.compare.judging.verdict import Verdict
from trueport.compare.ports.registry import find_ports
from trueport.compare.training.curves import (
    make_replica_plan,
    parse_step,
)
from trueport.compare.training.envelope import (
    Envelope,
    ReferenceCurves,
    find_horizon,
)

needs_whole_mnist = pytest.mark.skipif(
    not WHOLE_MNIST.exists(), reason=f"no MNIST at {WHOLE_MNIST}: name one in TRUEPORT_MNIST"
)


# fault, dtype, within how many steps of its acting it must be seen, and from which step it acts
BARS = [
    ("lr x (1 + 1e-6)", "float64", 3, 1),
    ("momentum 1e-3", "float64", 3, 1),
    ("weight decay 1e-8", "float64", 3, 1),
    ("epsilon 1e-8 in the loss", "float64", 1, 1),
    ("autodiff's (y - t) / N", "float64", 3, 1),
    ("last batch smaller", "float64", 3, 61),
    ("lr 0.1001", "float32", 2, 1),
    ("momentum 1e-3", "float32", 2, 1),
    ("weight decay 1e-6", "float32", 10, 1),
    ("TF32", "float32", 2, 1),
    ("bfloat16", "float32", 2, 1),
    ("last batch smaller", "float32", 3, 61),
]


def crossing(setting: Setting, known: ReferenceCurves, fault: str, dtype: str) -> Verdict:
    module = FAULTY[fault]()
    network = last_batch_smaller(module) if fault == "last batch smaller" else None
    return judged(known, setting.trained(dtype, None, module, network), dtype)


@cache
def embedded(learning_rate: float = 0.1, steps: int = 70) -> tuple[Setting, ReferenceCurves]:
    setting = Setting("embedded", 0, steps, learning_rate)
    return setting, setting.known()


@pytest.mark.parametrize(("fault", "dtype", "within", "acts"), BARS)
def test_a_fault_is_seen_within_so_many_steps(fault, dtype, within, acts) -> None:
    setting, known = embedded()
    verdict = crossing(setting, known, fault, dtype)
    assert verdict.status == "unfaithful"
    assert acts <= parse_step(verdict) < acts + within, verdict.message


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("order", [None, 11, 12, 13])
def test_a_right_port_stays_inside_by_a_wide_margin(dtype: str, order: int | None) -> None:
    setting, known = embedded()
    verdict = judged(known, setting.trained(dtype, order), dtype)
    assert verdict.status == "faithful", verdict.message
    assert verdict.budget_used is not None
    assert verdict.budget_used < 0.5


def test_beyond_the_horizon_nothing_is_called_wrong_and_the_verdict_says_so() -> None:
    known = embedded()[1]
    band = known.envelopes["float64"]
    near = ReferenceCurves(known.origin, Cache(None), ("float64",), known.truth)
    near.envelopes["float64"] = Envelope(band.loss, band.params, band.steps, 30)
    wrong_late = {key: value.copy() for key, value in known.truth.items()}
    wrong_late["loss"][40:] += 1.0
    verdict = judged(near, wrong_late, "float64")
    assert verdict.status == "faithful"
    assert verdict.message.startswith("judged up to step 30; beyond")
    wrong_late["loss"][29] = np.nan
    assert judged(near, wrong_late, "float64").status == "unfaithful"


@pytest.mark.parametrize(
    ("allowed", "until"),
    [
        ([1e-6, 1e-5, 1e-4, 1e-4], None),  # clear to the end
        ([1e-6, 1e-5, 0.1, 0.2], 2),  # rounding takes over
        ([1e-6, 0.1, 1e-4, 0.2], 3),  # and gave way once before it did
        ([1e-6, 1e-5, np.nan, np.nan], 2),
        ([0.1, 0.1, 0.1, 0.1], None),  # nothing has moved yet that rounding would not hide
    ],
)
def test_the_horizon_is_the_last_checkpoint_before_rounding_takes_over(allowed, until) -> None:
    start, steps = np.zeros(4), [1, 2, 3, 4]
    truth = {f"{step}/{key}": np.full(1, float(step)) for step in steps for key in PARAMS}
    assert find_horizon(truth, start, np.array(allowed), steps) == until


def test_a_training_that_diverges_is_judged_to_its_horizon_alone() -> None:
    setting = Setting("embedded", 1, 40, 1e6)
    with np.errstate(all="ignore"):
        known = setting.known(dtypes=("float32",))
        verdict = judged(known, setting.trained("float32", 11), "float32")
    assert verdict.status == "faithful", verdict.message


def test_a_learning_rate_too_small_to_move_anything_is_no_chaos() -> None:
    setting = Setting("embedded", 0, 20, 1e-7)
    known = setting.known(dtypes=("float32",))
    assert known.envelopes["float32"].horizon is None
    assert judged(known, setting.trained("float32", 11), "float32").status == "faithful"


def forget(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def cut(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-100])


def replaced(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_text("somebody's notes")


def another_problem(folder: Path) -> None:
    for path in folder.iterdir():
        with np.load(path) as npz:
            values = dict(npz)
        np.savez(path, **(values | {"name": np.array("{}")}))


@pytest.mark.parametrize(
    ("change", "how", "words"),
    [
        (lambda folder: None, "found", ""),
        (forget, "", ""),
        (cut, "", "damaged"),
        (replaced, "", "damaged"),
        (another_problem, "", "was made of something else"),
    ],
)
def test_what_is_kept_is_recognised_and_nothing_else_is(tmp_path: Path, change, how, words) -> None:
    setting = Setting("embedded", 0, 3, 0.1)
    first = setting.known(tmp_path, ("float32",))
    assert set(first.told.values()) == {"computed"}
    change(tmp_path)
    again = ReferenceCurves(setting.origin, Cache(tmp_path), ("float32",))
    assert again.told == (dict.fromkeys(("truth", "float32"), how) if how else {})
    assert all(words in line for line in again.cache.words)
    assert len(again.cache.words) == (2 if words else 0)
    if how:
        np.testing.assert_array_equal(
            again.envelopes["float32"].loss, first.envelopes["float32"].loss
        )
        np.testing.assert_array_equal(again.truth["3/W1"], first.truth["3/W1"])


@pytest.mark.parametrize(
    "other",
    [
        Setting("embedded", 1, 3, 0.1),
        Setting("embedded", 0, 4, 0.1),
        Setting("embedded", 0, 3, 0.2),
    ],
)
def test_another_problem_has_another_envelope(tmp_path: Path, other: Setting) -> None:
    Setting("embedded", 0, 3, 0.1).known(tmp_path, ("float32",))
    assert ReferenceCurves(other.origin, Cache(tmp_path), ("float32",)).told == {}
    same = Setting("embedded", 0, 3, 0.1).origin
    assert ReferenceCurves(same, Cache(tmp_path), ("float64",)).told == {"truth": "found"}


def test_a_folder_that_cannot_be_written_costs_a_word_and_no_run(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    known = Setting("embedded", 0, 3, 0.1).known(tmp_path / "taken" / "cache", ("float32",))
    assert set(known.told.values()) == {"computed"}
    assert all(line.startswith("not kept in") for line in known.cache.words)
    assert known.words()[0].startswith("envelope: truth computed, float32 computed")


SWEPT = 1000  # steps of the sweep


def on_port(setting: Setting, port: str, dtype: str, folder: Path) -> dict[str, np.ndarray]:
    """The training of a built-in port in a process of its own, as `trueport run` makes it.

    port: "other order" is the reference with pixels, units, classes and rows in another order.
    """
    origin, start = setting.origin, folder / f"start-{setting.seed}-{setting.learning_rate}.npz"
    np.savez(start, batch_masks=origin.masks, **origin.start)
    plan = dict(origin.plan) | {"start": str(start)}
    name = port
    if port == "other order":
        name, plan = "reference", make_replica_plan(plan, 1000 + setting.seed, setting.steps)
    job = PortJob(
        port,
        find_ports(CHAPTER, [name])[0],
        dtype,
        folder / f"{port}-{dtype}",
        None,
        plan,
        suite=CHAPTER.location,
    )
    seen = PortRunner(job, lambda what, done: None, threading.Event()).run()
    assert len(seen.training["loss"]) == setting.steps, seen.training_message or seen.message
    return seen.training


def swept(seed: int, learning_rate: float = 0.1) -> Setting:
    return Setting(str(WHOLE_MNIST), seed, SWEPT, learning_rate)


@pytest.mark.sweep
@needs_whole_mnist
@pytest.mark.parametrize("seed", range(8))
def test_no_right_port_crosses(seed: int, tmp_path: Path) -> None:
    """Six runs a seed, 48 in all: none crosses, or comes near."""
    setting = swept(seed)
    known = setting.known()
    for port in ("other order", "torch", "keras"):
        for dtype in BOTH:
            verdict = judged(known, on_port(setting, port, dtype, tmp_path), dtype)
            assert verdict.status == "faithful", (port, dtype, verdict.message)
            print(f"seed {seed}: {port} {dtype}: {verdict.budget_used:.2f}")
            assert known.envelopes[dtype].horizon is None


@pytest.mark.sweep
@needs_whole_mnist
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("learning_rate", [3.0, 8.0])
def test_no_right_port_crosses_where_training_is_chaotic(
    seed: int, learning_rate: float, tmp_path: Path
) -> None:
    setting = swept(seed, learning_rate)
    known = setting.known()
    for port in ("other order", "torch"):
        for dtype in BOTH:
            verdict = judged(known, on_port(setting, port, dtype, tmp_path), dtype)
            until = known.envelopes[dtype].horizon
            print(
                f"seed {seed}, lr {learning_rate}: {port} {dtype}: {verdict.budget_used}, {until}"
            )
            assert verdict.status == "faithful", (port, dtype, verdict.message)
            assert ("only statistics over seeds speak" in verdict.message) == (until is not None)


@pytest.mark.sweep
@needs_whole_mnist
@pytest.mark.parametrize(("fault", "dtype", "within", "acts"), BARS)
def test_a_fault_is_seen_within_so_many_steps_on_the_whole_of_mnist(
    fault, dtype, within, acts
) -> None:
    setting, known = whole()
    verdict = crossing(setting, known, fault, dtype)
    print(f"{fault}, {dtype}: {verdict.message}")
    assert verdict.status == "unfaithful"
    assert acts <= parse_step(verdict) < acts + within, verdict.message


@cache
def whole() -> tuple[Setting, ReferenceCurves]:
    setting = Setting(str(WHOLE_MNIST), 0, 100, 0.1)
    return setting, setting.known()
