"""Causes from a recorded training: each fault by name, from what was recorded, and none invented.

The torch loops are hand-written code with torch's own optimizers (`torch_loops.py`), on real
digits.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from few_digits import use_few_digits, write_few_digits
from paths import HELPERS, ROOT

from benchmarks.audit.curves import find_own_parts
from trueport import reference
from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.faults.loop_faults import LOOP_FAULTS
from trueport.compare.chapter.faults.rules import UPDATE_RULES, make_rate_drop_rule
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.verdict import Verdict
from trueport.compare.suite.mutants import apply_edits, import_mutant
from trueport.compare.training.recording.data import Recording
from trueport.compare.workflow.recorder import Recorder, judge_recording

STEPS, BATCH = 20, 20
GRADIENT, UPDATE, TRAINING = "TwoLayerNet.gradient", "one update", "training"


@pytest.fixture(autouse=True)
def few_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever file a recording names: those that the loops were given."""
    use_few_digits(monkeypatch)


def run_script(script: str, folder: Path, *names: str) -> Path:
    """These loops, or all, in a process of their own: torch and TensorFlow in one fail."""
    digits = write_few_digits(folder / "digits.npz")
    done = subprocess.run(
        [sys.executable, HELPERS / script, folder, digits, *names],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def torch_loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = [name for name, _ in FAST]
    return run_script("torch_loops.py", tmp_path_factory.mktemp("torch"), *names)


@pytest.fixture(scope="module")
def more_torch_loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = [*(name for name, _ in SLOWER), "other batches"]
    return run_script("torch_loops.py", tmp_path_factory.mktemp("torch"), *names)


@pytest.fixture(scope="module")
def keras_loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_script("keras_loops.py", tmp_path_factory.mktemp("keras"))


RUNS: dict[str, dict] = {}  # changed references, trained once for all recordings of a dtype


def findings(folder: Path) -> dict[str, Verdict]:
    """What is neither right nor only follows nor was not recorded, by component."""
    passed = ("faithful", "missing", "follows")
    runs = RUNS.setdefault(Recording.load(CHAPTER.task, folder).dtype, {})
    return {v.component: v for v in judge_recording(folder, runs=runs) if v.status not in passed}


def told(folder: Path) -> list[tuple[str, str, str]]:
    """(component, id, name) of every finding; "unknown" where there is no cause."""
    return [
        (v.component, v.cause["id"], v.cause["name"]) if v.cause else (v.component, "unknown", "")
        for v in findings(folder).values()
    ]


FAST = [
    ("right", []),
    ("momentum", [(UPDATE, "F12", "momentum 0.9")]),
    ("never zeroed", [(GRADIENT, "F18", "gradients never set back to zero")]),
    ("test is train", [("accuracy", "F51", "test set that is the training set")]),
    ("right, own epochs", [("batch_masks", "F35", "epochs of a permutation")]),
]
SLOWER = [
    ("losses, before", [(TRAINING, "F12", "momentum 0.5")]),
    ("running loss", [(TRAINING, "F03", "loss averaged over the epoch so far")]),
    ("right, float64", []),
    ("accuracies", []),
    ("lr", [(UPDATE, "F08", "learning rate 0.03")]),
    ("dampening", [(UPDATE, "F12", "momentum 0.8 with dampening 0.8")]),
    ("nesterov", [(UPDATE, "F12", "Nesterov momentum 0.9")]),
    ("decay", [(UPDATE, "F20", "weight decay 0.0001, biases too")]),
    ("all three", [(UPDATE, "F20",
                    "learning rate 0.05, momentum 0.9 and weight decay 0.001, biases too"),
                   (TRAINING, "F78", "loss logged before the update")]),
    ("decoupled", [(UPDATE, "F13", "momentum 0.9 and decoupled weight decay 0.001, biases too")]),
    ("adam", [(UPDATE, "F38", "Adam with learning rate 0.002")]),
    ("rmsprop", [(UPDATE, "F21", "RMSprop with learning rate 0.001")]),
    ("accumulated", [(GRADIENT, "F16", "gradient added over 4 batches for one update")]),
    ("scheduled", [(UPDATE, "F39", "learning rate times 0.9 after every step")]),
    ("exchanged", [("accuracy", "F75", "train and test curves exchanged")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), FAST, ids=str)
def test_a_torch_loop_is_told_its_cause(torch_loops: Path, name: str, expected: list) -> None:
    assert told(torch_loops / name) == expected


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "expected"), SLOWER, ids=str)
def test_more_torch_loops_are_told_theirs(
    more_torch_loops: Path, name: str, expected: list
) -> None:
    assert told(more_torch_loops / name) == expected


@pytest.mark.sweep
def test_two_faults_are_found_as_two(more_torch_loops: Path) -> None:
    [verdict] = findings(more_torch_loops / "losses, before").values()
    assert "besides, F78: loss logged before the update" in verdict.message


@pytest.mark.sweep
def test_other_images_than_those_handed_out_are_seen_by_the_black_pixels(
    more_torch_loops: Path,
) -> None:
    found = findings(more_torch_loops / "other batches")
    assert all(verdict.cause is None for verdict in found.values())
    assert "other images were used" in found[GRADIENT].message


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("right", []),
        ("momentum", [(TRAINING, "F12", "momentum 0.9")]),  # no gradients: no update by itself
        ("callback", [(TRAINING, "F03", "loss averaged over the epoch so far")]),
    ],
)
def test_a_keras_loop_is_told_its_cause(keras_loops: Path, name: str, expected: list) -> None:
    assert told(keras_loops / name) == expected


# ---------------------------------------------------------------- in NumPy


def loop(folder: Path, update: Any, keep: str = "params", dtype: str = "float64") -> Path:
    """The chapter's loop with another update: (params, grads, step, state) to nothing."""
    rec = Recorder(folder, steps=STEPS, batch_size=BATCH, data="embedded", dtype=dtype)
    (x_train, t_train), _ = rec.data
    net = reference.TwoLayerNet(784, 50, 10, seed=1)
    net.params = rec.params
    state: dict[str, Any] = {}
    for step, mask in enumerate(rec.batches(), 1):
        x, t = x_train[mask], t_train[mask]
        update(net.params, net.gradient(x, t), step, state)
        params = {"params": net.params} if keep == "params" else {}
        rec.step(loss=net.loss(x, t), **params)
    rec.save()
    return folder


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("factor", "first", "other"),
    [
        (20.0, "learning rate 2", "gradient summed over the batch"),
        (2.0, "learning rate 0.2", "gradient of two halves, added and not averaged"),
    ],
)
def test_a_step_too_long_by_a_factor_has_all_its_causes_named(
    tmp_path: Path, factor: float, first: str, other: str
) -> None:
    """Parameters alone cannot tell a learning rate from a scaled gradient; gradients can."""

    def update(params: dict, grads: dict, step: int, state: dict) -> None:
        for key in PARAMS:
            params[key] -= 0.1 * factor * grads[key]

    cause = findings(loop(tmp_path, update))[TRAINING].cause
    assert cause is not None
    assert cause["name"] == first
    assert other in cause["others"]
    assert "Gradients (grads=) would tell." in cause["does"]


@pytest.mark.sweep
def test_a_fault_that_begins_late_is_named_with_its_step(tmp_path: Path) -> None:
    def update(params: dict, grads: dict, step: int, state: dict) -> None:
        for key in PARAMS:
            params[key] -= (0.1 if step < 15 else 0.02) * grads[key]

    assert told(loop(tmp_path, update)) == [
        (TRAINING, "F39", "learning rate times 0.2 from step 15 on")
    ]


@pytest.mark.sweep
def test_an_update_that_no_rule_has_is_unknown_and_says_what_was_ruled_out(tmp_path: Path) -> None:
    def update(params: dict, grads: dict, step: int, state: dict) -> None:
        for key in PARAMS:
            params[key] -= 0.1 * np.sign(grads[key]) * np.abs(grads[key]) ** 1.1

    [verdict] = findings(loop(tmp_path, update)).values()
    assert verdict.cause is None
    assert verdict.ruled_out > len(UPDATE_RULES)


# ---------------------------------------------------------------- the tables


@pytest.mark.parametrize(
    "rule", [*UPDATE_RULES, make_rate_drop_rule(7)], ids=lambda rule: f"{rule.id} {rule.form}"
)
def test_a_rule_fits_the_source_and_its_words_hold_its_numbers(rule: Any) -> None:
    values = tuple(rule.start(0.1))
    fault = rule.fault(values, tuple(0.0 for _ in values))
    assert "{" not in fault.name + fault.does
    for file, text in apply_edits("trueport.reference", fault.edits["reference"]).items():
        compile(text, file, "exec")


@pytest.mark.parametrize("fault", LOOP_FAULTS, ids=lambda fault: fault.key)
def test_a_change_of_the_loop_can_be_run(fault: Any) -> None:
    net = import_mutant(tuple(fault.edits["reference"]), CHAPTER.truth).TwoLayerNet(4, 3, 2)
    net.steps = 4
    x, t, masks = np.eye(4), np.eye(2)[[0, 1, 0, 1]], np.arange(4).reshape(4, 1)
    module = import_mutant(tuple(fault.edits["reference"]), CHAPTER.truth)
    trace = module.train(net, x, t, x, t, masks)
    assert np.isfinite(trace["train_loss_list"]).all()


@pytest.mark.parametrize(
    ("key", "own"),
    [("F24/twice", {"data"}), ("F35", {"batches"}), ("F19/torch", {"start"}), ("F18", set())],
)
def test_a_script_brings_what_its_fault_is_in(key: str, own: set[str]) -> None:
    assert find_own_parts(FAULTS[key], "reference") == own
