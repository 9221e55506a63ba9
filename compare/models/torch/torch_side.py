"""A torch model, asked what it is and run as it is told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from ...ports.user_code.errors import TargetError
from ..records import Arrays, ModelRecord, ModelRun
from ..side import ModelSide, Reached, RunOptions, describe_wide
from .arrays import complex_of, to_array, to_input
from .change_layer import change_layer
from .description import describe_model, explain_failure
from .gradients import derive, descend, to_gradients
from .hidden_layers import adopt_hidden_layers
from .nesting import iterate_tensors
from .plain_weights import make_weights_plain
from .rounding import rounded
from .state import find_changed, in_mode, in_process_of, restored
from .steps import recorded
from .tensors import list_owned_tensors, read_tensors, write_tensors
from .wide_floats import wide_floats


class TorchSide(ModelSide):
    """A torch model in its own process.

    model: a `torch.nn.Module`, which is converted in place. dtype: "float64" or "float32", of its
    parameters, of its floating point inputs, and of the tensors that it makes. device: as in torch.
    """

    def __init__(self, model: Any, dtype: str, device: str = "cpu") -> None:
        import torch

        if not isinstance(model, torch.nn.Module):
            raise TypeError(f"model must be a torch.nn.Module (got {type(model).__name__})")
        self.dtype, self.device, self.runs = getattr(torch, dtype), device, 0
        self.places: dict[str, None] = {}
        self.notes = [
            *check_device(device),
            *adopt_hidden_layers(model),
            *make_weights_plain(model),
        ]
        self.model = convert(model, self.dtype, device)

    def describe(self, inputs: Sequence[np.ndarray]) -> ModelRecord:
        """Return what the model is, after a run in eval mode, which builds lazy layers."""
        import torch

        lazy = any(torch.nn.parameter.is_lazy(t) for *_, t in list_owned_tensors(self.model))
        try:
            if lazy:
                with self.prepared(False), torch.no_grad():
                    self.model(*self.make_inputs(inputs))
                convert(self.model, self.dtype, self.device)
            run = self.run(inputs, RunOptions())
        except Exception as error:  # the user's code may raise anything
            given = [to_array(tensor) for tensor in self.make_inputs(inputs)]
            raise explain_failure(self.model, given, error) from error
        if not run.outputs:
            raise TargetError(f"{type(self.model).__name__} gives no tensor")
        return describe_model(self.model, [*self.notes, *describe_wide(self.places)])

    def read_tensors(self) -> Arrays:
        """Return every parameter and buffer by name, tied ones too."""
        return read_tensors(self.model)

    def write_tensors(self, values: Mapping[str, np.ndarray]) -> None:
        """Set parameters and buffers in place. Raises ValueError: unknown name, other shape."""
        write_tensors(self.model, values)

    def run(self, inputs: Sequence[np.ndarray], options: RunOptions) -> ModelRun:
        """Run the model; what is random differs from run to run."""
        if options.steps and options.gradients is None:
            raise ValueError("steps need gradients: the weights of the sum that goes down")
        with self.prepared(options.train), restored(self.model) as before:
            run = self.run_once(inputs, options)
            run.after = find_changed(self.model, before, every=options.steps > 0)
        return run

    def run_once(self, inputs: Sequence[np.ndarray], options: RunOptions) -> ModelRun:
        """Run the model, backward if gradients are wanted, and step by step if steps are."""
        import torch

        weights, tensors = options.gradients, self.make_inputs(inputs)
        for tensor in tensors if weights is not None else ():
            tensor.requires_grad_(tensor.is_floating_point() or tensor.is_complex())
        grad = torch.set_grad_enabled(weights is not None)
        gradients: Arrays = {}
        losses: list[float] = []
        with grad, rounded(options.noise) as rounding:
            with recorded(self.model, options, rounding) as recorder:
                try:
                    given = self.model(*(tensor.clone() for tensor in tensors))
                except Reached:
                    given = ()
            outputs = dict(iterate_tensors(given, "output"))
            arrays = {place: to_array(value) for place, value in outputs.items()}
            if weights is not None:
                derived = derive(self.model, tensors, outputs, weights)
                gradients = to_gradients(derived)
                for step in range(options.steps):
                    if step:
                        outputs = self.call(inputs, options.train)
                        derived = derive(self.model, (), outputs, weights)
                    rate = options.learning_rate
                    losses.append(descend(self.model, outputs, derived, weights, rate))
        return ModelRun(
            arrays,
            recorder.steps,
            recorder.arrays,
            gradients=gradients,
            losses=losses,
            tried=recorder.tried,
        )

    def call(self, inputs: Sequence[np.ndarray], train: bool) -> dict[str, Any]:
        """Return the outputs by place, as tensors."""
        with recorded(self.model, RunOptions(train=train)):
            given = self.model(*self.make_inputs(inputs))
        return dict(iterate_tensors(given, "output"))

    def run_changed(
        self,
        changes: Mapping[str, Mapping[str, Any]],
        inputs: Sequence[np.ndarray],
        options: RunOptions,
    ) -> ModelRun:
        """See `ModelSide`."""
        layers = dict(self.model.named_modules())
        with ExitStack() as stack:
            for name, change in changes.items():
                if name not in layers:
                    raise ValueError(f"the model has no layer named {name}")
                new = change_layer(name, layers[name], change)
                stack.enter_context(self.exchanged(layers[name], new))
            return self.run(inputs, options)

    @contextmanager
    def exchanged(self, old: Any, new: Any) -> Iterator[None]:
        """In the block, a layer stands wherever another one did."""
        places = [
            (module, name)
            for module in self.model.modules()
            for name, child in module._modules.items()
            if child is old
        ]
        model = self.model
        try:
            for module, name in places:
                module._modules[name] = new
            self.model = new if old is model else model
            yield
        finally:
            self.model = model
            for module, name in places:
                module._modules[name] = old

    @contextmanager
    def prepared(self, train: bool) -> Iterator[None]:
        """In the block, model and process are set for a run, whose random numbers are its own."""
        self.runs += 1
        wide = wide_floats(str(self.dtype).removeprefix("torch."), self.places)
        with wide, in_process_of(self.dtype, self.runs), in_mode(self.model, train):
            yield

    def make_inputs(self, inputs: Sequence[np.ndarray]) -> list[Any]:
        """Return the inputs as tensors: whole numbers as long."""
        return [to_input(array, self.dtype, self.device) for array in inputs]


def check_device(device: str) -> list[str]:
    """Return what there is to say of a device. Raises TargetError if it is not there."""
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # the second where torch has no CUDA in it
        told = str(error).partition("\n")[0]
        raise TargetError(f"torch has no device {device} here: {told}") from error
    told = "TF32 and nondeterministic kernels were switched off while it was compared"
    return [told] if device.startswith("cuda") else []


def convert(model: Any, dtype: Any, device: str) -> Any:
    """Convert a model's floating point tensors in place, plain attributes of its modules too."""
    import torch

    def move(tensor: Any) -> Any:
        if tensor.is_floating_point():
            return tensor.to(device=device, dtype=dtype)
        if tensor.is_complex():
            return tensor.to(device=device, dtype=complex_of(dtype))
        return tensor.to(device=device)

    model._apply(move)
    for module in model.modules():
        for name, value in list(vars(module).items()):
            if isinstance(value, torch.Tensor):
                vars(module)[name] = move(value.detach())
    return model
