"""Idiomatic ports part from the chapter by conventions: named, measured, and no more than that."""

import numpy as np
import pytest

from trueport.compare.chapter.faults import FAULTS
from trueport.compare.judging.results import Run, Trace
from trueport.compare.report.notes import format_conventions
from trueport.compare.report.sentence import build_verdict_sentence
from trueport.compare.training.convention_reference import rejudge_training
from trueport.compare.training.curves import judge_trace
from trueport.compare.workflow.judge_run import collect_convention_ids, compute_exit_code
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings


@pytest.fixture(scope="module")
def idiomatic(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """torch with nn.Linear, CrossEntropyLoss, SGD and a DataLoader, in float64."""
    out = tmp_path_factory.mktemp("idiomatic")
    settings = RunSettings(out, "embedded", ("torch-idiomatic",), ("float64",), steps=30)
    return run(settings)


@pytest.mark.sweep
def test_each_convention_of_idiomatic_torch_is_named_and_nothing_is_unfaithful(
    idiomatic: Run,
) -> None:
    """Another start, a fused loss without epsilon, the loss before the update; no more."""
    assert {v.status for v in idiomatic.verdicts} <= {
        "faithful",
        "convention",
        "follows",
        "missing",
    }
    causes = {v.component: v.cause["id"] for v in idiomatic.verdicts if v.status == "convention"}
    assert causes == {
        "initialisation": "F19",
        "TwoLayerNet.loss": "F26",
        "one update": "F78",
        "training": "F26+F78",
    }
    assert [port.verdict for port in idiomatic.ports] == ["convention"]


def test_a_curve_off_by_convention_stays_in_the_envelope_of_its_own_truth(idiomatic: Run) -> None:
    training = next(v for v in idiomatic.verdicts if v.component == "training")
    assert training.budget_used is not None
    assert training.budget_used > 1e6  # of the chapter's own curve
    assert training.cause is not None
    assert training.cause["budget_used"] < 1.0  # of the one with these conventions


def test_the_report_gives_each_convention_its_size(idiomatic: Run) -> None:
    lines = format_conventions(idiomatic)
    assert sum("F26, fused log-softmax" in line for line in lines) == 2  # of the loss; in training
    moved = [line for line in lines if "over the whole training it moves" in line]
    assert len(moved) == 2
    assert all("the loss by up to" in line for line in moved)


def test_the_headline_of_conventions_is_no_departure(idiomatic: Run) -> None:
    """What follows from a convention, as the gradient from a fused loss, is one too."""
    sentence = build_verdict_sentence(idiomatic)
    assert sentence.tone == "convention"
    assert sentence.headline.startswith("No fault, but another convention than the chapter's")


def test_conventions_are_status_3_until_each_is_accepted(idiomatic: Run) -> None:
    assert compute_exit_code(idiomatic) == 3
    assert compute_exit_code(idiomatic, accept=("F26", "F78")) == 3
    assert collect_convention_ids(idiomatic) == {"F19", "F26", "F78"}
    assert compute_exit_code(idiomatic, accept=("F19", "F26", "F78")) == 0


def test_what_leaves_the_second_truths_envelope_too_stays_unfaithful() -> None:
    """The loss before the update explains the loss; a parameter that is off, it does not."""
    steps, params = np.array([1, 2]), {"W1": np.ones((2, 2)), "b1": np.zeros(2)}
    params |= {"W2": np.ones((2, 2)), "b2": np.zeros(2)}

    def training(loss: list[float], scale: float) -> dict[str, np.ndarray]:
        arrays = {"loss": np.array(loss), "checkpoint_steps": steps}
        return arrays | {f"{s}/{k}": scale * v for s in (1, 2) for k, v in params.items()}

    second = training([2.3, 2.2], 1.0)
    none = np.zeros(0)
    envelope = np.full(2, 1e-9), np.full(2, 1e-9)
    for scale, status in ((1.0, "convention"), (1.001, "unfaithful")):
        seen = training([2.3, 2.2], scale)
        off = np.full(2, scale - 1.0)
        trace = Trace("p", "float64", seen["loss"], none, none, none, steps, off, *envelope)
        verdict = judge_trace(trace, np.array([2.2, 2.1]), 2, "", None)
        assert verdict.status == "unfaithful"
        again = rejudge_training(verdict, trace, seen, second, (FAULTS["F78"],), [], None)
        assert again.status == status
