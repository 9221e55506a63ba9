"""In which order a model calls its layers and uses its tensors."""

import numpy as np

from trueport.compare.models.call_order import find_first_uses, list_call_order, list_feeders
from trueport.compare.models.records import (
    LayerRecord,
    ModelRecord,
    ModelRun,
    StepRecord,
    TensorRecord,
)

A, B, C = np.arange(3.0), np.arange(3.0) + 1, np.arange(4.0)


def make_run() -> ModelRun:
    steps = [
        StepRecord("/mul#0", "", "mul", "", ("m0",), (), {}),
        StepRecord("fc#0", "fc", "", "", (), (), {}),
        StepRecord("/add#0", "", "add", "", ("a0", "a1"), (), {}),
    ]
    return ModelRun({}, steps, {"m0": B, "a0": A, "a1": B})


def test_tensors_are_known_by_their_values() -> None:
    assert find_first_uses(make_run(), {"a": A, "b": B, "c": C}) == {"b": 0, "a": 2}


def test_layers_and_tensors_stand_where_they_come_first() -> None:
    layers = (LayerRecord("", "Net", "", None), LayerRecord("fc", "Linear", "dense", ""))
    record = ModelRecord("torch", "Net", (), layers)
    assert list_call_order(record, make_run(), {"a": A, "b": B}) == ["b", "fc", "a"]


def test_a_layer_is_fed_through_what_has_no_tensors() -> None:
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=4) for name in ("x", "fc", "act", "sum", "last")}
    steps = [
        StepRecord("fc#0", "fc", "", "", ("x",), ("fc",)),
        StepRecord("/relu#0", "", "relu", "", ("fc",), ("act",)),
        StepRecord("two#0", "two", "", "", ("act",), ("last",)),
        StepRecord("/add#0", "", "add", "", ("last", "x"), ("sum",)),
        StepRecord("three#0", "three", "", "", ("sum",), ()),
    ]
    names = ("fc", "two", "three")
    layers = (LayerRecord("", "Net", "", None), *(LayerRecord(n, "Linear", "", "") for n in names))
    tensors = tuple(TensorRecord(f"{n}.weight", n, "weight", (4, 4), "float32") for n in names)
    record = ModelRecord("torch", "Net", tensors, layers)
    assert list_feeders(record, ModelRun({}, steps, arrays)) == {"two": "fc"}
