"""What a recorder refuses, at the step where it is given, and what it leaves alone."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from few_digits import use_few_digits

from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.workflow.recorder import Recorder

STEPS = 25


@pytest.fixture(autouse=True)
def few_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    use_few_digits(monkeypatch)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"loss": np.zeros(3)}, "loss must be one number (got shape (3,))"),
        ({"loss": 1.0, "grads": dict.fromkeys(PARAMS)}, "was the backward pass run"),
        ({"loss": 1.0, "params": {"W1": np.zeros((784, 50))}}, "must hold four arrays"),
        ({"loss": 1.0, "params": [np.zeros(3)] * 4}, "W1 must have shape (784, 50) or (50, 784)"),
    ],
)
def test_what_does_not_fit_is_refused_at_the_first_step(
    tmp_path: Path, record: dict[str, Any], words: str
) -> None:
    rec = Recorder(tmp_path, steps=STEPS, data="embedded")
    with pytest.raises(ValueError, match=re.escape(words)):
        rec.step(**record)


@pytest.mark.parametrize("value", [1 + 2j, "1.0", True, None, np.ma.masked])
@pytest.mark.parametrize("record", ["loss", "grads"])
def test_what_holds_no_real_numbers_is_refused(tmp_path: Path, record: str, value: Any) -> None:
    rec = Recorder(tmp_path, steps=STEPS, data="embedded")
    given = {"loss": value} if record == "loss" else {"loss": 1.0, "grads": [value] * 4}
    with pytest.raises((TypeError, ValueError), match=r"real numbers|hold numbers|backward pass"):
        rec.step(**given)


def test_a_batch_without_its_step_is_refused(tmp_path: Path) -> None:
    rec = Recorder(tmp_path, steps=STEPS, data="embedded")
    batches = rec.batches()
    next(batches)
    with pytest.raises(RuntimeError, match="step 1 was not recorded"):
        next(batches)


def test_a_step_beyond_the_last_is_refused(tmp_path: Path) -> None:
    rec = Recorder(tmp_path, steps=2, data="embedded")
    rec.step(loss=1.0)
    rec.step(loss=1.0)
    with pytest.raises(RuntimeError, match="made for 2 steps"):
        rec.step(loss=1.0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"steps": 1}, "at least 2"),
        ({"learning_rate": -1.0}, "positive"),
        ({"dtype": "f"}, "dtype"),
    ],
)
def test_settings_that_make_no_run_are_refused(
    tmp_path: Path, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Recorder(tmp_path, data="embedded", **settings)


def test_recording_leaves_the_users_random_numbers_alone(tmp_path: Path) -> None:
    np.random.seed(3)
    want = np.random.rand()
    np.random.seed(3)
    Recorder(tmp_path, steps=2, data="embedded").check(show=None)
    assert np.random.rand() == want
