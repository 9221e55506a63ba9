"""What a model is and did, as data: its tensors, its layers, its steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class TensorRecord:
    """A parameter or a buffer of a layer, in the layout of its framework.

    name: unique in the model, as the framework spells it: "layer1.0.conv1.weight", "conv1/kernel".
    layer: the name of the layer that owns it; role: what it is called there: "weight", "kernel",
        "running_mean". tied: the name of the tensor that it is the same as, or "".
    """

    name: str
    layer: str
    role: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool = True
    tied: str = ""


@dataclass(frozen=True)
class LayerRecord:
    """A layer: a torch module, a Keras layer; in the order in which they are defined.

    name: unique in the model, "" for the model itself. type: its class as it is written:
    "torch.nn.Conv2d", "keras.layers.Conv2D", "MyAttention". kind: a key of `LAYER_KINDS` if its
    class is one of the framework's that is known there, else "". parent: the name of the layer that
    holds it, None for the model. settings: of its kind, in the words of `LAYER_KINDS`. base: the
    kind of the framework's class that it is made from, whose tensors it has although it computes
    something of its own; "" for a layer of a kind.
    """

    name: str
    type: str
    kind: str
    parent: str | None
    settings: dict[str, Any] = field(default_factory=dict)
    base: str = ""

    @property
    def tensor_kind(self) -> str:
        """The kind by which its tensors are read, "" if none is known."""
        return self.kind or self.base


@dataclass(frozen=True)
class ModelRecord:
    """A model as its process describes it.

    framework: a key of `FRAMEWORKS`. channels_last: whether its images have their channels last,
    None if nothing says so. inputs: what its signature or its Input layers say of each input:
    {"name": "x", "shape": [None, 28, 28, 1] or None, "dtype": "float32" or None}.
    """

    framework: str
    type: str
    tensors: tuple[TensorRecord, ...]
    layers: tuple[LayerRecord, ...]
    inputs: tuple[dict[str, Any], ...] = ()
    channels_last: bool | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def layers_by_name(self) -> dict[str, LayerRecord]:
        """The layers by their names."""
        return {layer.name: layer for layer in self.layers}

    @cached_property
    def tensors_by_home(self) -> dict[str, list[TensorRecord]]:
        """The tensors of each outermost layer of a known kind, or of a layer that is in none."""
        found: dict[str, list[TensorRecord]] = {}
        for tensor in self.tensors:
            found.setdefault(self.find_home(tensor.layer), []).append(tensor)
        return found

    def find_home(self, name: str) -> str:
        """Return the outermost layer of a known kind that holds this one, itself if none does."""
        home = name
        above: str | None = name
        while above is not None and above in self.layers_by_name:
            if self.layers_by_name[above].kind:
                home = above
            above = self.layers_by_name[above].parent
        return home


LOW_PRECISIONS = {"bfloat16": 2.0**-8, "float16": 2.0**-11, "half": 2.0**-11}  # unit roundoffs


def find_precision(dtypes: Iterable[Any]) -> str:
    """Return the first of some dtypes that has fewer digits than float32, "" if there is none.

    >>> find_precision(["torch.float32", "torch.bfloat16"])
    'bfloat16'
    """
    names = (str(getattr(dtype, "name", dtype)).rpartition(".")[2] for dtype in dtypes)
    return next((name for name in names if name in LOW_PRECISIONS), "")


@dataclass(frozen=True)
class StepRecord:
    """One call of a leaf layer, or of a function between two of these, in the order of calls.

    key: unique in a run and the same in each: "conv1#0" is the first call of layer conv1;
        for a function the place among those of its name within the layer that calls it:
        "block1/flatten#0". A function's step never stands inside a leaf layer.
    layer: the name of the leaf layer, "" for a function. operation: of a function, its plain name:
        "flatten", "relu", "add", "permute", "reshape", "softmax"; "" for a layer.
    where: the line of the user's file that calls, "file.py:12", or "".
    inputs, outputs: names of arrays in the run's `arrays`, of all tensors among the arguments
        (nested ones too), in their order. values: the other arguments of a function, as text by
        name or position ("dim": "1"), for people and for the search of a cause.
    precision: "bfloat16" or "float16" if a tensor that it is given or gives has it, or "".
    """

    key: str
    layer: str
    operation: str
    where: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    values: dict[str, str] = field(default_factory=dict)
    precision: str = ""


@dataclass(frozen=True)
class TriedChange:
    """What one call of a layer with other settings gave.

    outputs: in their order. after: the layer's tensors that the call changed, by their names in the
    model.
    """

    outputs: list[np.ndarray]
    after: Arrays


@dataclass
class ModelRun:
    """What one run of a model gave.

    outputs: by place ("output", "output[0]", "output.logits"), in the framework's layout.
    steps: those that were recorded. arrays: what steps name. after: every tensor that the run
    changed, by name (running statistics of a training pass). gradients: by "input 0" and by the
    names of tensors. losses: of training steps. tried: by the key of a call, what each change of
    the layer's settings gives, None for one that does not fit it.
    """

    outputs: Arrays
    steps: list[StepRecord] = field(default_factory=list)
    arrays: Arrays = field(default_factory=dict)
    after: Arrays = field(default_factory=dict)
    gradients: Arrays = field(default_factory=dict)
    losses: list[float] = field(default_factory=list)
    tried: dict[str, list[TriedChange | None]] = field(default_factory=dict)


def read_model_record(told: Mapping[str, Any]) -> ModelRecord:
    """Return a description that came as nested dicts and lists."""
    given = dict(told)
    given["tensors"] = tuple(
        TensorRecord(**(one | {"shape": tuple(one["shape"])})) for one in told["tensors"]
    )
    given["layers"] = tuple(LayerRecord(**one) for one in told["layers"])
    given["inputs"], given["notes"] = tuple(told["inputs"]), tuple(told["notes"])
    return ModelRecord(**given)


def read_run(told: Mapping[str, Any]) -> ModelRun:
    """Return a run that came as nested dicts and lists."""
    steps = [
        StepRecord(**(one | {name: tuple(one[name]) for name in ("inputs", "outputs")}))
        for one in told["steps"]
    ]
    return ModelRun(**(dict(told) | {"steps": steps}))
