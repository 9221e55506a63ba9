"""Guesses at what a port does otherwise between two layers."""

import numpy as np
import pytest

from trueport.compare.models.records import StepRecord
from trueport.compare.models.step_changes import (
    TURN,
    StepChange,
    list_step_changes,
    take_turns,
)


def shuffle(x: np.ndarray, groups: int) -> np.ndarray:
    rows = x.reshape(x.shape[0], groups, -1, *x.shape[2:])
    return rows.swapaxes(1, 2).reshape(x.shape)


def test_channels_shuffled_in_the_other_number_of_groups_are_among_them() -> None:
    x = np.random.default_rng(0).normal(size=(2, 12, 3))
    step = StepRecord("/reshape#0", "", "reshape", "", ("in",), ("out",))
    arrays = {"in": x, "out": shuffle(x, 3)}
    told = [
        one.text
        for one in list_step_changes(step, arrays, paired=False)
        if np.array_equal(one.output, shuffle(x, 4))
    ]
    assert told == ["reshape: axis 1 shuffled in 4 groups in place of 3"]


def list_masks(by: int) -> list[str]:
    """Return the guesses at a causal mask of the port's that is moved by some places."""
    rng = np.random.default_rng(0)
    scores, ones = rng.normal(size=(2, 5, 5)), np.ones((5, 5), bool)
    masked, mine = (np.where(np.triu(ones, k), -np.inf, scores) for k in (1, 1 + by))
    step = StepRecord("/masked_fill#0", "", "masked_fill", "", ("in",), ("out",))
    arrays = {"in": scores, "out": masked}
    guesses = list_step_changes(step, arrays, paired=False)
    return [one.text for one in guesses if np.array_equal(one.output, mine)]


def test_a_mask_that_is_off_by_one_is_among_them() -> None:
    assert list_masks(1) == ["masked_fill: one more place to the right is seen"]
    assert list_masks(2) == []


RNG = np.random.default_rng(0)


def list_guesses(operation: str, given: list[np.ndarray], output: np.ndarray) -> list[StepChange]:
    """Return the guesses at a step of some inputs."""
    names = tuple(f"in{k}" for k in range(len(given)))
    step = StepRecord(f"/{operation}#0", "", operation, "", names, ("out",))
    arrays = {**dict(zip(names, given, strict=True)), "out": output}
    return list(list_step_changes(step, arrays, paired=False))


def join_right(one: np.ndarray, other: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "cat: its input 1 turned round along axis 1": np.concatenate([one, other[:, ::-1]], -1),
        "cat: relu on its input 1": np.concatenate([one, np.maximum(other, 0)], -1),
        "cat: in the other order along axis 2": np.concatenate([other, one], -1),
    }


@pytest.mark.parametrize("text", join_right(*np.zeros((2, 2, 5, 3))))
def test_other_parts_of_what_is_joined_are_among_them(text: str) -> None:
    one, other = 9 * RNG.normal(size=(2, 2, 5, 3))
    guesses = list_guesses("cat", [one, other], np.concatenate([one, other], -1))
    want = join_right(one, other)[text]
    assert [g.text for g in guesses if np.array_equal(g.output, want)] == [text]


def test_the_ends_of_both_directions_are_among_them() -> None:
    x = RNG.normal(size=(2, 5, 6))
    want = np.concatenate([x[:, -1, :3], x[:, 0, 3:]], -1)
    [found] = [g for g in list_guesses("getitem", [x], x[:, -1]) if np.array_equal(g.output, want)]
    assert found.id == "ends of both directions"


def test_what_is_masked_behind_a_softmax_is_made_shares_again() -> None:
    e = np.exp(RNG.normal(size=(2, 4, 4)))
    shares, seen = e / e.sum(-1, keepdims=True), np.tri(4)
    want = (e * seen) / (e * seen).sum(-1, keepdims=True)
    guesses = list_guesses("masked_fill", [shares], shares * seen)
    found = [g.text for g in guesses if np.allclose(g.output, want, rtol=1e-12)]
    assert found == ["masked_fill: what it hides is hidden before the softmax over axis 2"]


def test_each_output_of_a_step_is_changed_by_itself() -> None:
    arrays = {"in": RNG.normal(size=(2, 6)), "top": RNG.uniform(size=(2, 3)), "at": np.arange(3)}
    step = StepRecord("/topk#0", "", "topk", "", ("in",), ("at", "top"))
    [found] = [g for g in list_step_changes(step, arrays, False) if "sum over axis 1" in g.text]
    assert found.text == "topk's output 1: divided by its sum over axis 1"
    [(key, (first, second))] = found.outputs.items()
    assert (key, first) == ("/topk#0", None)
    np.testing.assert_allclose(second.sum(1), 1.0, rtol=1e-12)


def test_steps_take_turns() -> None:
    steps = [iter([StepChange(str(n), "", "", np.zeros(1))] * 30) for n in range(2)]
    keys = [change.step for change in take_turns(steps)]
    assert len(keys) == 60
    assert set(keys[:TURN]) == {"0"}
    assert set(keys[TURN : 2 * TURN]) == {"1"}
