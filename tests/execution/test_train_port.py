"""What a user's training does to its process holds for it, and for nothing that runs after it."""

import shutil
import threading

import numpy as np
import pytest
from paths import ROOT

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import Observation, PortJob
from trueport.compare.execution.runner import PortRunner
from trueport.compare.ports.user_code.target import parse_target
from trueport.compare.suite.case import save_arrays
from trueport.compare.suite.component import PortSpec
from trueport.compare.training.curves import make_training_plan

STEPS = 4
# the network sets, each time that one is made, what the training reads
OWN = """

MADE = []


class TwoLayerNet(TwoLayerNet):
    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        MADE.append(self)
        os.environ["MADE"] = str(len(MADE))


def train(network, *given, **named):
    assert os.environ["MADE"] == str(len(MADE))
    assert np.exp is not TRUE_EXP
    np.seterr(under="raise")
    np.negative = np.positive
    return own_train(network, *given, **named)
"""
HEAD = """
import os

import numpy as np
from twin import *
from twin import TwoLayerNet, train as own_train

TRUE_EXP = np.exp
np.exp = lambda x: TRUE_EXP(x)
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Observation:
    """A training of four steps, two at a time."""
    folder = tmp_path_factory.mktemp("training")
    shutil.copytree(ROOT / "reference", folder / "port" / "twin")
    (folder / "port" / "port.py").write_text(HEAD + OWN)
    masks = CHAPTER.task.draw_batches(4000, 10, STEPS, 1)
    save_arrays(folder / "start.npz", {"batch_masks": masks, **CHAPTER.task.make_start(5, 0)})
    plan = make_training_plan(folder / "start.npz", "embedded", STEPS, 10, 0.1, 4000)
    job = PortJob(
        "port", PortSpec("port", "port", "numpy", ("numpy",)), "float64", folder / "job",
        target=parse_target(str(folder / "port" / "port.py")).to_record(),
        training=plan | {"stretch": STEPS // 2}, suite=CHAPTER.location,
    )  # fmt: skip
    return PortRunner(job, lambda what, done: None, threading.Event()).run()


def test_it_is_trained_by_what_it_sets_and_replaces(seen: Observation) -> None:
    assert (seen.status, seen.training_message) == ("ok", "")
    assert len(seen.training["loss"]) == STEPS
    assert np.isfinite(seen.training["loss"]).all()


@pytest.mark.parametrize(
    "told", ["changes np.seterr", "changes the environment", "replaces numpy.negative"]
)
def test_what_it_changes_is_put_back_and_said(seen: Observation, told: str) -> None:
    assert f"train {told} for its whole process: put back each time" in seen.facts["notes"]
