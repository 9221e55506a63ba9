"""One job, where it runs: a port trained from its own start on its own batches."""

import contextlib
import gc
import importlib
import itertools
import math
import os
import platform
import time
from typing import Any

import numpy as np

from ..execution.process import measure_peak_mb
from ..ports.frameworks import FRAMEWORKS
from ..ports.port_view import PortView
from ..suite.suite import find_suite
from .draws import draw_batches, draw_params
from .shared_data import open_data

MAX_LOSS_POINTS = 200  # of a loss curve that is kept: each the mean of a stretch of steps


class Trainer:
    """A port that has been imported, with the digits in its own arrays: ready for any seed."""

    def __init__(self, job: dict[str, Any]) -> None:
        settings = job["settings"]
        self.task = find_suite(job["suite"]).task
        self.name, self.framework = job["framework"], FRAMEWORKS[job["framework"]]
        self.framework.start(settings["dtype"], 1)
        self.view = PortView(importlib.import_module(job["module"]), self.framework)
        arrays = open_data(
            self.task, job["digits"], job["source"], settings["md5"], settings["dtype"]
        )
        self.train_size, self.test_size = len(arrays[0]), len(arrays[2])
        self.data = [self.view.share(array) for array in arrays]
        # `release_memory` looks through what the jobs leave, and not through the framework
        gc.freeze()

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return what came of it, as `compare.study.results.Outcome` holds it."""
        settings, view = job["settings"], self.view
        params = draw_params(self.task, settings, self.name, job["seed"])
        masks = draw_batches(self.task, settings, self.name, job["seed"], self.train_size)
        arrays = {key: view.array(value) for key, value in params.items()}
        net = self.task.make_network(view, arrays)
        with contextlib.suppress(AttributeError):  # only slower where it cannot be replaced
            net.accuracy = self.skip_train_accuracy(net.accuracy)
        train = view.get("train") if view.has("train") else self.task.make_loop(view)
        schedule = {"learning_rate": settings["learning_rate"], "iter_per_epoch": settings["every"]}
        begun = time.perf_counter()
        trace = train(net, *self.data, masks, **schedule)
        seconds = time.perf_counter() - begun
        steps = [int(step) for step in trace["accuracy_steps"]]
        accuracy = [float(a) for a in trace["test_acc_list"]]
        if not steps or steps[-1] != len(masks):
            steps.append(len(masks))
            accuracy.append(float(net.accuracy(*self.data[2:])))
        del net
        release_memory(self.name)
        loss_steps, loss = downsample_loss([float(v) for v in trace["train_loss_list"]])
        return {
            "final_accuracy": accuracy[-1],
            "reached": find_first_reaching(steps, accuracy, job["target"]),
            "loss_steps": loss_steps,
            "loss": loss,
            "accuracy_steps": steps,
            "test_accuracy": accuracy,
            "train_s": round(seconds, 3),
            "peak_mb": round(measure_peak_mb(), 1),
            "versions": self.framework.versions(),
            "where": f"{platform.node()}:{os.getpid()}",
        }

    def skip_train_accuracy(self, accuracy: Any) -> Any:
        """Return accuracy, but NaN at once for the training set: six times as long, not asked."""

        def quick(x: Any, t: Any) -> Any:
            if x.shape[0] == self.train_size != self.test_size:
                return math.nan
            return accuracy(x, t)

        return quick


def release_memory(framework: str) -> None:
    """Let go of what the job left behind: Keras keeps every compiled function till it is told."""
    if framework == "keras":
        import keras

        keras.utils.clear_session()
    gc.collect()


def find_first_reaching(steps: list[int], accuracy: list[float], target: float) -> int | None:
    """Return the first evaluation at or above the target, in steps done; None: it was not reached.

    >>> (find_first_reaching([1, 11, 21], [0.1, 0.9, 0.89], 0.9),
    ...  find_first_reaching([1], [0.1], 0.9))
    (11, None)
    """
    return next((step for step, a in zip(steps, accuracy, strict=True) if a >= target), None)


def downsample_loss(loss: list[float]) -> tuple[list[int], list[float | None]]:
    """(last step, mean loss) of each of `MAX_LOSS_POINTS` stretches; None where it is not finite.

    >>> downsample_loss([3.0, 1.0])
    ([1, 2], [3.0, 1.0])
    """
    edges = np.unique(np.linspace(0, len(loss), min(MAX_LOSS_POINTS, len(loss)) + 1).astype(int))
    means = [float(np.mean(loss[a:b])) for a, b in itertools.pairwise(edges)]
    return [int(e) for e in edges[1:]], [m if math.isfinite(m) else None for m in means]
