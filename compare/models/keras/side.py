"""A Keras model on TensorFlow or torch, as its process is asked about it.

Models of Keras 2 and plain `tf.Module`s are none of these.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from ...ports.user_code.errors import TargetError, format_error
from ..records import Arrays, ModelRecord, ModelRun
from ..side import ModelSide, Reached, RunOptions, describe_wide
from .backend import get_backend
from .calls import call_model, name_outputs
from .change_layer import change_layer
from .describing import describe_model, show_arrays, show_wanted
from .functions import watch_calls
from .layers import NamedLayer, name_layers, substitute_layers
from .randomness import draw_anew, keep_random_state, without_dropout
from .stepping import Recorder
from .tensors import find_changed, find_tensors, keep_variables, read_values, write_values


class KerasSide(ModelSide):
    """A `keras.Model` or layer made under `set_dtype(dtype)`, built or not.

    dtype: "float32" or "float64": what floating point inputs are given in.
    """

    def __init__(self, model: Any, dtype: str) -> None:
        self.model, self.dtype, self.backend = model, np.dtype(dtype).name, get_backend()
        self.tensors = self.backend.tensors
        self.constants: set[str] = set()  # that were made exact
        self.places: dict[str, None] = {}
        self.runs = 0

    def describe(self, inputs: Sequence[np.ndarray]) -> ModelRecord:
        """See `ModelSide`."""
        wanted = show_wanted(self.model)
        try:
            with self._prepare(self._name_layers(), False):
                if inputs or not self.model.built:  # one that is built tells what it takes
                    call_model(self.model, self._make_inputs(inputs), train=False)
        except Exception as error:  # whatever the user's model raises
            raise TargetError(
                f"the model cannot be run on {show_arrays(inputs)}{wanted}: {format_error(error)}"
            ) from error
        if short := find_short_layer(self._name_layers(), self.dtype):
            raise TargetError(f"TypeError: {short} has a dtype of its own, float32")
        notes = [*self.backend.describe(self.constants), *describe_wide(self.places)]
        return describe_model(self._name_layers(), self.dtype, notes)

    def read_tensors(self) -> Arrays:
        """See `ModelSide`; a tensor of several layers under each of its names."""
        return read_values(self._find_variables())

    def write_tensors(self, values: Mapping[str, np.ndarray]) -> None:
        """See `ModelSide`. Raises KeyError for an unknown name, ValueError for another shape."""
        write_values(self._find_variables(), values)

    def run(self, inputs: Sequence[np.ndarray], options: RunOptions) -> ModelRun:
        """See `ModelSide`. What is forced hands derivatives on, and holds in no step of SGD."""
        return self._run(inputs, options, {})

    def run_changed(
        self,
        changes: Mapping[str, Mapping[str, Any]],
        inputs: Sequence[np.ndarray],
        options: RunOptions,
    ) -> ModelRun:
        """See `ModelSide`. A changed layer is called wherever the model calls the old one."""
        layers = {named.name: named.layer for named in self._name_layers()}
        changed = {}
        for name, change in changes.items():
            if name not in layers:
                raise ValueError(f"the model has no layer named {name}")
            changed[id(layers[name])] = change_layer(name, layers[name], change)
        return self._run(inputs, options, changed)

    def _run(
        self, inputs: Sequence[np.ndarray], options: RunOptions, changed: dict[int, Any]
    ) -> ModelRun:
        if not self.backend.remembers:
            options = replace(options, memory=None)
        layers = self._name_layers()
        present = substitute_layers(layers, changed)
        variables = self._find_variables(present)
        tensors = self._make_inputs(inputs)
        noise = options.noise and self.backend.make_rounding(options.noise)
        round_array = noise.round_array if noise else None
        recorder = Recorder(layers, options, self.tensors, changed, round_array)
        with self._prepare(present, options.train), self._watch(recorder, noise):
            run = self._run_once(tensors, options, variables, recorder)
            if options.steps:
                self._train(tensors, options, variables, run)
        return run

    def _run_once(
        self,
        inputs: Sequence[Any],
        options: RunOptions,
        variables: Mapping[str, Any],
        recorder: Recorder,
    ) -> ModelRun:
        before = read_values(variables)
        gradients: Arrays = {}
        losses: list[float] = []
        outputs: Mapping[str, Any] = {}
        if options.gradients is None:
            with contextlib.suppress(Reached):
                outputs = self._call(inputs, options.train)
        else:
            sources = find_float_inputs(inputs) | find_trainable(variables)
            outputs, loss, gradients = self.backend.derive(
                lambda: self._call(inputs, options.train), options.gradients, sources
            )
            losses = [loss] if options.steps else []
        arrays = {name: self.tensors.to_numpy(value) for name, value in outputs.items()}
        after = find_changed(variables, before)
        steps, tried = recorder.steps, recorder.tried
        return ModelRun(arrays, steps, recorder.arrays, after, gradients, losses, tried)

    def _train(
        self,
        inputs: Sequence[Any],
        options: RunOptions,
        variables: Mapping[str, Any],
        run: ModelRun,
    ) -> None:
        """Go on from a run with gradients: the first step is made of these."""
        if options.gradients is None:
            raise ValueError("steps need gradients: the weights of the sum that is descended")
        trainable, gradients = find_trainable(variables), run.gradients
        self.backend.descend(trainable, gradients, options.learning_rate)
        for _ in range(1, options.steps):
            _, loss, gradients = self.backend.derive(
                lambda: self._call(inputs, options.train), options.gradients, trainable
            )
            run.losses.append(loss)
            self.backend.descend(trainable, gradients, options.learning_rate)
        run.after = read_values(variables)

    def _call(self, inputs: Sequence[Any], train: bool) -> dict[str, Any]:
        outputs = call_model(self.model, inputs, train)
        return name_outputs(outputs, self.tensors.is_tensor)

    @contextmanager
    def _prepare(self, layers: Sequence[NamedLayer], train: bool) -> Iterator[None]:
        self.runs += 1
        with ExitStack() as stack:
            for block in (
                *self.backend.list_blocks(self.dtype, self.constants, self.places),
                self.backend.keep_random_state(),
                keep_random_state(),
                keep_variables(layers),
                draw_anew(layers, self.runs),  # so that a model that draws shows it
            ):
                stack.enter_context(block)
            # what is left on in eval mode is the user's
            for block in (without_dropout(layers), self.backend.without_dropout()) if train else ():
                stack.enter_context(block)
            yield

    @contextmanager
    def _watch(self, recorder: Recorder, noise: Any) -> Iterator[None]:
        calls = watch_calls(recorder, self.backend.find_modules())
        with self.backend.watch(recorder, noise), calls:
            yield

    def _name_layers(self) -> list[NamedLayer]:
        return name_layers(self.model)

    def _find_variables(self, layers: Sequence[NamedLayer] | None = None) -> dict[str, Any]:
        layers = self._name_layers() if layers is None else layers
        return {record.name: variable for record, variable in find_tensors(layers)}

    def _make_inputs(self, inputs: Sequence[np.ndarray]) -> list[Any]:
        return [self.backend.make(array, self.dtype) for array in inputs]


def find_short_layer(layers: Sequence[NamedLayer], dtype: str) -> str:
    """Return the first layer that computes in float32 while the model does in float64, or ""."""
    short = (named.name for named in layers if named.layer.compute_dtype == "float32")
    return next(short, "") if dtype == "float64" else ""


def find_float_inputs(inputs: Sequence[Any]) -> dict[str, Any]:
    """Return the inputs that can be differentiated by, "input 0" and so on."""
    return {f"input {place}": x for place, x in enumerate(inputs) if is_float(x)}


def find_trainable(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the trainable variables by their first names."""
    seen: set[int] = set()
    found = {}
    for name, variable in variables.items():
        if variable.trainable and id(variable) not in seen:
            seen.add(id(variable))
            found[name] = variable
    return found


def is_float(tensor: Any) -> bool:
    """Whether a tensor holds fractions."""
    return "float" in str(tensor.dtype)
