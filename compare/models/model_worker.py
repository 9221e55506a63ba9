"""The process of one model: opens it, and answers what it is asked until nobody asks."""

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from ..execution.process import (
    EXIT_NOW,
    THREADS,
    end_copy,
    hold_disk_to_account,
    measure_peak_mb,
)
from ..execution.worker import end_with_parent
from ..functions.reference import FUNCTION_RULES
from ..ports.user_code.errors import TargetError
from ..ports.user_code.keras_backend import choose_framework
from ..ports.user_code.open import LoadOptions, describe_loading, isolate_target, load_target
from ..ports.user_code.run_case import format_traceback
from ..ports.user_code.target import Target
from .budget import force_own, measure_budgets, measure_losses
from .code_search import CodeSearch
from .messages import load_message, save_message
from .model_inputs import call_inputs
from .open_model import find_model
from .records import Arrays, ModelRun
from .side import ModelSide, Noise, RunOptions


class ModelWorker:
    """One model and the answers about it; a method for each thing that may be asked."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self.job = job
        self.facts: dict[str, Any] = {"framework": "", "versions": {}, "notes": []}
        self.side: ModelSide | None = None
        self.maker: Callable[[], Any] | None = None
        self.places: dict[str, None] = {}
        self.module: Any = None  # of the target, if it is a file
        self.memory: dict[str, Any] = {}  # of the model as it is: see `RunOptions`

    def open(self) -> dict[str, Any]:
        """Open the target's model; returns facts. Raises TargetError."""
        with ExitStack() as stack:
            options = LoadOptions(
                self.job["framework"],
                self.job["dtype"],
                THREADS,
                alive=lambda: stack.enter_context(self.read_wide()),
                choose=choose_framework,
            )
            return self.open_target(options)

    def open_target(self, options: LoadOptions) -> dict[str, Any]:
        """Run the target's file and make its model; returns facts. Raises TargetError."""
        asked = Target(**self.job["target"])
        opened = load_target(FUNCTION_RULES, asked, options, self.facts)
        self.facts["notes"] += describe_loading(opened)
        self.facts["notes"] += opened.notes
        self.module = opened.loaded.module
        found = find_model(opened, asked)
        self.facts["model"] = found.name
        self.facts["notes"] += [f"not compared: {told}" for told in found.failed]
        self.maker = found.maker
        self.use(found.model)
        return self.facts

    def use(self, model: Any) -> None:
        """Make a model the one that is asked about."""
        framework, dtype = self.facts["framework"], self.job["dtype"]
        self.side = make_side(framework, model, dtype, self.job["device"])
        self.side.places = self.places
        self.memory.clear()

    def read_wide(self) -> AbstractContextManager[None]:
        """Return a block in which code that says float32 is run in float64, if the model is."""
        return find_wide_floats(self.facts["framework"])(self.job["dtype"], self.places)

    def make_again(self) -> None:
        """Make the model anew: one that is built by its first inputs keeps their shapes."""
        if self.maker is not None:
            with self.read_wide():
                made = self.maker()
            self.use(made)

    def give_inputs(self) -> list[np.ndarray] | None:
        """Return what the file's `inputs()` gives; None if it has none."""
        return call_inputs(self.module)

    def describe(self, inputs: Sequence[np.ndarray]) -> dict[str, Any]:
        """Return the model as a record."""
        return dataclasses.asdict(self.get_side().describe(inputs))

    def read(self) -> Arrays:
        """Return the model's tensors."""
        return self.get_side().read_tensors()

    def write(self, values: Arrays) -> None:
        """Set the model's tensors."""
        self.get_side().write_tensors(values)
        self.memory.clear()

    def run(self, inputs: Sequence[np.ndarray], options: Mapping[str, Any]) -> dict[str, Any]:
        """Run the model."""
        return encode_run(self.get_side().run(inputs, decode_options(options)))

    def try_changes(
        self,
        step: str,
        changes: Sequence[Mapping[str, Mapping[str, Any]]],
        inputs: Sequence[np.ndarray],
        options: Mapping[str, Any],
    ) -> list[dict[str, Any] | None]:
        """Return what a step gives with each change of layers, None where that cannot be.

        changes: settings by the names of layers. options: their force names the steps whose inputs
        or outputs stay what they are without a change, or has the arrays that these are given. Of
        each: "outputs", a list, and "after", the tensors that the run changed.
        """
        side = self.get_side()
        forced = dataclasses.replace(fix_force(side, inputs, decode_options(options)), stop=step)
        found: list[dict[str, Any] | None] = []
        for change in changes:
            try:
                run = side.run_changed(change, inputs, forced)
            except Exception:  # noqa: BLE001  # a change that does not fit this layer explains nothing
                found.append(None)
                continue
            names = next((s.outputs for s in run.steps if s.key == step), ())
            found.append({"outputs": [run.arrays[n] for n in names], "after": run.after})
        return found

    def try_settings(
        self,
        tries: Mapping[str, Sequence[Mapping[str, Any]]],
        inputs: Sequence[np.ndarray],
        options: Mapping[str, Any],
    ) -> dict[str, list[dict[str, Any] | None]]:
        """Return what calls of layers give with changes of their settings, all in one run.

        tries: as of `RunOptions`. None for a change that cannot be.
        """
        asked = dataclasses.replace(decode_options(options), record=False, tries=tries)
        run = self.get_side().run(inputs, asked)
        return {
            key: [None if one is None else vars(one) for one in tried]
            for key, tried in run.tried.items()
        }

    def try_tensors(
        self,
        step: str,
        tensors: Sequence[Mapping[str, np.ndarray]],
        inputs: Sequence[np.ndarray],
        options: Mapping[str, Any],
    ) -> list[list[np.ndarray]]:
        """Return what a step gives with other values of some tensors, which are put back.

        options: as of `try_changes`.
        """
        side, asked = self.get_side(), decode_options(options)
        plain = side.run(inputs, dataclasses.replace(asked, force={}))
        forced = dataclasses.replace(asked, force=force_own(plain, asked.force), stop=step)
        own, found = side.read_tensors(), []
        for values in tensors:
            side.write_tensors(values)
            try:
                run = side.run(inputs, forced)
            finally:
                side.write_tensors({name: own[name] for name in values})
            names = next(s.outputs for s in run.steps if s.key == step)
            found.append([run.arrays[name] for name in names])
        return found

    def try_outputs(
        self,
        step: str,
        outputs: Sequence[Mapping[str, Sequence[np.ndarray | None]]],
        inputs: Sequence[np.ndarray],
        options: Mapping[str, Any],
        part: str = "in",
    ) -> list[list[np.ndarray]]:
        """Return what a step is given where other ones give other outputs.

        step: its key, or "" for the model's outputs. part: "out" for what it gives.

        outputs: of each try, by the keys of steps, as `RunOptions` has them. options: as of
        `try_changes`.
        """
        side = self.get_side()
        asked = dataclasses.replace(decode_options(options), memory=self.memory)
        own = asked.force
        if not all(isinstance(parts, Mapping) for parts in own.values()):
            own = force_own(side.run(inputs, dataclasses.replace(asked, force={})), own)
        # what the step is given must come of the change, and of nothing that is forced
        own = {key: parts for key, parts in own.items() if key != step}
        found = []
        for changed in outputs:
            other = {key: {**own.get(key, {}), "out": values} for key, values in changed.items()}
            forced = own | other
            run = side.run(inputs, dataclasses.replace(asked, force=forced, stop=step))
            steps_of = (
                s.outputs if part == "out" else s.inputs for s in run.steps if s.key == step
            )
            names = next(steps_of, None)
            given = run.outputs.values() if names is None else (run.arrays[n] for n in names)
            found.append(list(given))
        return found

    def try_edits(
        self,
        departure: Mapping[str, Any],
        places: Sequence[str],
        inputs: Sequence[np.ndarray],
        options: Mapping[str, Any],
        seconds: float,
        only: Sequence[str],
    ) -> list[dict[str, Any]]:
        """Return the edits of the user's code that fit; see `CodeSearch` and its `search`.

        departure: step, part, wanted and kept.
        """
        search = CodeSearch(self.get_side(), inputs, decode_options(options), **departure)
        return search.search(self.module, places, seconds, only)

    def measure(
        self, inputs: Sequence[np.ndarray], options: Mapping[str, Any], dtype: str
    ) -> dict[str, Any]:
        """Return the budget of all that a run gives."""
        return measure_budgets(self.get_side(), inputs, decode_options(options), dtype)

    def measure_losses(
        self, inputs: Sequence[np.ndarray], options: Mapping[str, Any], dtype: str
    ) -> dict[str, np.ndarray]:
        """Return the losses of some steps, and how far rounding may carry them."""
        return measure_losses(self.get_side(), inputs, decode_options(options), dtype)

    def get_side(self) -> ModelSide:
        """Return the model, which is open by now."""
        if self.side is None:
            raise TargetError("the model is not open")
        return self.side


def make_side(framework: str, model: Any, dtype: str, device: str = "cpu") -> ModelSide:
    """Return a model of a framework as what can be asked. Raises TargetError."""
    if framework == "torch":
        from .torch.torch_side import TorchSide

        return TorchSide(model, dtype, device)
    if device != "cpu":
        raise TargetError(f"--device is for torch: a port of {framework} runs where it likes")
    if framework.startswith("keras"):
        from .keras.side import KerasSide

        return KerasSide(model, dtype)
    raise TargetError(f"models of {framework} cannot be compared yet: torch and Keras can")


def find_wide_floats(framework: str) -> Callable[..., AbstractContextManager[None]]:
    """Return a framework's block in which float32 is read as float64."""
    if framework == "torch":
        from .torch.wide_floats import wide_floats as of_torch

        return of_torch
    if framework == "keras[torch]":
        from .keras.torch_floats import wide_floats as of_keras_on_torch

        return of_keras_on_torch
    if framework.startswith("keras"):
        from .keras.wide_floats import wide_floats as of_keras

        return of_keras
    return lambda *_: nullcontext()


def fix_force(side: ModelSide, inputs: Sequence[np.ndarray], options: RunOptions) -> RunOptions:
    """Return options that force steps by arrays: by those of a run without a change, if none."""
    if all(isinstance(parts, Mapping) for parts in options.force.values()):
        return options
    plain = side.run(inputs, dataclasses.replace(options, force={}))
    return dataclasses.replace(options, force=force_own(plain, options.force))


def encode_run(run: ModelRun) -> dict[str, Any]:
    """Return a run as a message holds it."""
    told = vars(run) | {"steps": [dataclasses.asdict(step) for step in run.steps]}
    del told["tried"]
    return told


def decode_options(options: Mapping[str, Any]) -> RunOptions:
    """Return the options that a message holds."""
    noise = options.get("noise")
    return RunOptions(**(dict(options) | {"noise": Noise(**noise) if noise else None}))


def answer(worker: ModelWorker, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a worker has to say to one question; what its model raises is an answer too."""
    method: Callable[..., Any] = getattr(worker, asked["do"])
    try:
        found: dict[str, Any] = {"status": "ok", "value": method(**asked["given"])}
    except TargetError as error:
        found = {"status": "target", "message": str(error)}
    except BaseException as error:  # noqa: BLE001  # a user's model may raise anything
        found = {"status": "error", "message": format_traceback(error)}
    return found | {"peak_mb": measure_peak_mb()}


def main() -> None:
    """Answer until the parent is gone, or closes what it asks by."""
    path = Path(sys.argv[1]).resolve()
    tell = int(sys.argv[2])  # of the pipe by which the parent hears of an answer
    os.set_inheritable(tell, False)
    worker = ModelWorker(json.loads(path.read_text(encoding="utf-8")))
    worker.facts["isolation"] = isolate_target(worker.job["target"], path.parent)
    end_with_parent()  # its thread must not be there before
    questions = os.fdopen(os.dup(sys.stdin.fileno()))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # a user's code has nobody to ask
    for line in questions:
        number = int(line)
        asked = load_message(path.parent / f"asked-{number}.message")
        part = path.parent / f"part-{number}.message"
        told = answer(worker, asked)
        end_copy()
        path.parent.mkdir(parents=True, exist_ok=True)  # a model may have deleted it
        with hold_disk_to_account():
            save_message(part, told)
            part.rename(path.parent / f"answer-{number}.message")
        os.write(tell, b"\n")
    EXIT_NOW(0)


if __name__ == "__main__":
    main()
