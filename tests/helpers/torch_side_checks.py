"""Checks of a torch model in its process, each a question that the tests ask."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch_models import Attending, Perceptron, Recurrent, Residual, Shared

from trueport.compare.models.side import Noise, RunOptions
from trueport.compare.models.torch import TorchSide
from trueport.compare.ports.user_code.errors import TargetError
from trueport.compare.rounding.tolerances import RANDOM_RUNS, SPREAD_FACTOR, SPREAD_SHARE

MODELS = {
    "perceptron": (Perceptron, (5, 3, 4)),
    "residual": (lambda: Residual(8, 2), (4, 3, 16, 16)),
    "recurrent": (lambda: Recurrent(16), None),
    "attending": (lambda: Attending(16, 2, 2), (3, 7, 16)),
    "shared": (Shared, (5, 4)),
}


def make(name: str, dtype: str = "float64") -> tuple[TorchSide, list[np.ndarray]]:
    """The same model for each dtype: its numbers are float32's."""
    build, shape = MODELS[name]
    torch.manual_seed(3)
    with torch.no_grad():
        model = build()
        for role, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if role.endswith("running_mean"):
                tensor.normal_(0.0, 0.3)
            elif role.endswith("running_var"):
                tensor.uniform_(0.5, 2.0)
            elif "num_batches" not in role:
                tensor.add_(0.1 * torch.randn_like(tensor))
    rng = np.random.default_rng(5)
    if shape is None:
        return TorchSide(model, dtype), [rng.integers(0, 20, (3, 6))]
    x = rng.standard_normal(shape).astype(np.float32).astype(np.float64)
    return TorchSide(model, dtype), [x]


def draw_weights(side: TorchSide, inputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    outputs = side.run(inputs, RunOptions()).outputs
    return {place: rng.standard_normal(value.shape) for place, value in outputs.items()}


def list_keys(name: str, *leaves: str) -> list[str]:
    side, inputs = make(name)
    steps = side.run(inputs, RunOptions(record=True, leaves=leaves)).steps
    return [step.key for step in steps]


def show_steps(name: str) -> list[Any]:
    side, inputs = make(name)
    run = side.run(inputs, RunOptions(record=True))
    return [
        [s.key, s.layer, s.operation, s.where.partition(":")[0], s.values,
         [run.arrays[n].shape for n in s.inputs], [run.arrays[n].shape for n in s.outputs]]
        for s in run.steps
    ]  # fmt: skip


def show_description(name: str) -> dict[str, Any]:
    side, inputs = make(name)
    record = side.describe(inputs)
    return {
        "type": record.type,
        "channels_last": record.channels_last,
        "inputs": [given["name"] for given in record.inputs],
        "layers": [[layer.name, layer.type, layer.parent] for layer in record.layers],
        "tensors": [[t.name, t.layer, t.role, t.tied, t.trainable] for t in record.tensors],
    }


def check_state_is_put_back(name: str) -> None:
    side, inputs = make(name)
    before, weights = side.read_tensors(), draw_weights(side, inputs)
    modes = [module.training for module in side.model.modules()]
    state, default = torch.get_rng_state(), torch.get_default_dtype()
    for train in (False, True):
        options = RunOptions(
            train=train, gradients=weights, steps=2, learning_rate=0.1, noise=Noise("float32", 1)
        )
        run = side.run(inputs, options)
        assert len(run.losses) == 2
        assert run.after.keys() == before.keys()
        after = side.read_tensors()
        assert all(np.array_equal(before[key], after[key]) for key in before)
        assert all(parameter.grad is None for parameter in side.model.parameters())
    assert modes == [module.training for module in side.model.modules()]
    assert torch.equal(state, torch.get_rng_state())
    assert torch.get_default_dtype() is default


def check_dropout_is_off() -> None:
    class Dropping(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.drop, self.lstm = nn.Dropout(0.5), nn.LSTM(4, 4, 2, dropout=0.5)
            self.attention = nn.MultiheadAttention(4, 2, dropout=0.5)

        def forward(self, x):
            x = F.dropout(self.drop(x), 0.5) + torch.dropout(x, 0.5, True)
            x = F.scaled_dot_product_attention(x, x, x, dropout_p=0.5)
            x, _ = self.lstm(x)
            return self.attention(x, x, x)[0]

    side, x = (
        TorchSide(Dropping(), "float64"),
        [np.random.default_rng(0).standard_normal((3, 5, 4))],
    )
    one, other = (side.run(x, RunOptions(train=True)).outputs["output"] for _ in range(2))
    assert np.array_equal(one, other)
    one, other = (side.run(x, RunOptions()).outputs["output"] for _ in range(2))
    assert not np.array_equal(one, other)  # F.dropout with training left out is on in eval mode
    assert side.model.lstm.dropout == side.model.attention.dropout == 0.5


def check_forcing(name: str) -> None:
    """Forced by its own steps a model gives the same; by others, what follows from these."""
    side, inputs = make(name)
    run = side.run(inputs, RunOptions(record=True))
    force = {
        s.key: {"in": [run.arrays[n] for n in s.inputs], "out": [run.arrays[n] for n in s.outputs]}
        for s in run.steps
    }
    again = side.run(inputs, RunOptions(record=True, force=force))
    assert again.steps == run.steps
    for n, array in run.arrays.items():  # another order in memory is another order of addition
        assert np.allclose(array, again.arrays[n], rtol=1e-12, atol=1e-12), n
    for step in run.steps:
        other = {step.key: {"out": [run.arrays[n] + 1 for n in step.outputs]}}
        moved = side.run(inputs, RunOptions(record=True, force=other))
        assert all(np.array_equal(run.arrays[n], moved.arrays[n]) for n in step.outputs)
        assert any(not np.array_equal(run.outputs[k], moved.outputs[k]) for k in run.outputs)
    first = run.steps[0]
    unequal = {first.key: {"in": [run.arrays[n] * 0 for n in first.inputs]}}
    moved = side.run(inputs, RunOptions(record=True, force=unequal))
    assert all(np.array_equal(run.arrays[n], moved.arrays[n]) for n in first.inputs)
    assert not np.array_equal(moved.arrays[first.outputs[0]], run.arrays[first.outputs[0]])
    try:
        side.run(inputs, RunOptions(force={first.key: {"in": [np.zeros(1)]}}))
    except ValueError as error:
        assert "must have shape" in str(error)  # noqa: PT017  # this is no test of pytest's
    else:
        raise AssertionError("a wrong shape was taken")


def check_gradients(name: str) -> None:
    """They are those of differences."""
    side, inputs = make(name)
    weights = draw_weights(side, inputs)
    run = side.run(inputs, RunOptions(gradients=weights))
    rng, step = np.random.default_rng(1), 1e-6
    tensors = side.read_tensors()
    for key, gradient in run.gradients.items():
        direction = rng.standard_normal(gradient.shape)

        def total(shift: float, key: str = key, direction: np.ndarray = direction) -> float:
            given = list(inputs)
            if key.startswith("input "):
                place = int(key.removeprefix("input "))
                given[place] = given[place] + shift * direction
            else:
                side.write_tensors({key: tensors[key] + shift * direction})
            outputs = side.run(given, RunOptions()).outputs
            return float(sum(np.sum(weights[k] * outputs[k]) for k in outputs))

        slope = (total(step) - total(-step)) / (2 * step)
        side.write_tensors(tensors)
        assert np.isclose(slope, np.sum(gradient * direction), rtol=1e-5, atol=1e-5), key


def check_budget(name: str, train: bool) -> None:
    """float32 stays within what roundings at random allow: outputs, gradients, every step."""
    (side, inputs), (port, _) = make(name), make(name, "float32")
    options = {"train": train, "gradients": draw_weights(side, inputs)}
    plain = side.run(inputs, RunOptions(**options, record=True))
    force = {
        s.key: {
            "in": [plain.arrays[n] for n in s.inputs],
            "out": [plain.arrays[n] for n in s.outputs],
        }
        for s in plain.steps
    }
    free, forced = RunOptions(**options), RunOptions(train=train, record=True, force=force)
    for given, parts in (free, ("outputs", "gradients", "after")), (forced, ("arrays",)):
        got = port.run(inputs, given)
        runs = [
            side.run(inputs, RunOptions(**(vars(given) | {"noise": Noise("float32", seed)})))
            for seed in range(RANDOM_RUNS)
        ]
        for part in parts:
            for key, want in getattr(plain, part).items():
                if want.dtype.kind == "f" and want.size and "/in" not in key:
                    check_within(
                        want, getattr(got, part)[key], [getattr(r, part)[key] for r in runs], key
                    )


def check_within(want: np.ndarray, got: np.ndarray, runs: list[np.ndarray], what: str) -> None:
    spread = np.sqrt(np.mean([(run - want) ** 2 for run in runs], axis=0))
    least = SPREAD_SHARE * np.sqrt(np.mean(spread**2))
    allowed = SPREAD_FACTOR * np.maximum(np.maximum(spread, 2.0**-24 * np.abs(want)), least)
    assert np.all(np.abs(got - want) <= allowed), (what, np.max(np.abs(got - want) / allowed))


def check_seeds(name: str) -> None:
    side, inputs = make(name)
    weights = draw_weights(side, inputs)

    def run(seed: int) -> Any:
        return side.run(inputs, RunOptions(gradients=weights, noise=Noise("float32", seed)))

    one, same, other = run(1), run(1), run(2)
    for part in ("outputs", "gradients"):
        for key, value in getattr(one, part).items():
            assert np.array_equal(value, getattr(same, part)[key]), key
            assert not np.array_equal(value, getattr(other, part)[key]), key


def tell_failure() -> str:
    side, _ = make("perceptron")
    try:
        side.describe([np.zeros((2, 5))])
    except TargetError as error:
        return str(error)
    raise AssertionError("it ran")


def check_built_when_run() -> None:
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(3))
    record = TorchSide(model, "float64").describe([np.zeros((2, 3, 5, 5))])
    assert [layer.type for layer in record.layers[1:]] == [
        "torch.nn.Conv2d", "torch.nn.Flatten", "torch.nn.Linear",
    ]  # fmt: skip
    assert {t.dtype for t in record.tensors} == {"float64"}


def check_computed_weights() -> None:
    def build() -> nn.Module:
        torch.manual_seed(0)
        norm = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))
        return nn.Sequential(norm, nn.utils.parametrizations.orthogonal(nn.Linear(4, 4)))

    x = np.random.default_rng(0).standard_normal((2, 4))
    side = TorchSide(build(), "float64")
    want = build().double()(torch.from_numpy(x)).detach().numpy()
    assert np.allclose(side.run([x], RunOptions()).outputs["output"], want, rtol=1e-6)
    record = side.describe([x])
    assert [t.name for t in record.tensors if t.role == "weight"] == ["0.weight", "1.weight"]
    assert len(record.notes) == 2


def check_written(name: str) -> None:
    (side, inputs), (port, _) = make(name), make(name)
    with torch.no_grad():
        for tensor in port.model.parameters():
            tensor.zero_()
    port.write_tensors(side.read_tensors())
    one, other = (s.run(inputs, RunOptions()).outputs for s in (side, port))
    assert all(np.array_equal(one[key], other[key]) for key in one)
    for values, words in ({"no": np.zeros(1)}, "no tensor named no"), (
        {next(iter(side.read_tensors())): np.zeros((1, 1, 1))}, "must have shape",
    ):  # fmt: skip
        try:
            side.write_tensors(values)
        except ValueError as error:
            assert words in str(error)  # noqa: PT017  # this is no test of pytest's
        else:
            raise AssertionError(words)


def check_changed_layer() -> None:
    shared = nn.LeakyReLU(0.1)
    side, x = TorchSide(nn.Sequential(shared, nn.Sequential(shared)), "float64"), [np.array([-1.0])]
    changed = side.run_changed({"0": {"slope": 0.5}}, x, RunOptions(record=True))
    assert changed.outputs["output"] == -0.25
    assert [step.key for step in changed.steps] == ["0#0", "0#1"]
    assert np.isclose(side.run(x, RunOptions()).outputs["output"], -0.01)
    for layer, setting in ("0", "padding"), ("none", "slope"):
        try:
            side.run_changed({layer: {setting: 1}}, x, RunOptions())
        except ValueError as error:
            assert (setting if layer == "0" else layer) in str(error)  # noqa: PT017
        else:
            raise AssertionError(layer)
