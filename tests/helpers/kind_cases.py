"""One layer of each kind in both frameworks: with weights carried it must compute the same."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np


@dataclass(frozen=True)
class KindCase:
    """torch, keras: make the layer, given the package. shape: of torch's input.

    images: whether Keras's channels are last. train: in training mode. integers: so many, of which
    the input is drawn. repeat: how often it is handed over. leave: settings that are not changed,
    or "setting = value". idle: those that change nothing here. chains: changes one behind another.
    short: the change of torch's that does what Keras does by itself. inside: the dtype that Keras
    computes in whatever it is given.
    """

    torch: Callable[[Any], Any]
    keras: Callable[[Any], Any]
    shape: tuple[int, ...]
    images: bool = False
    train: bool = False
    integers: int = 0
    leave: tuple[str, ...] = ()
    repeat: int = 1
    idle: tuple[str, ...] = ()
    chains: tuple[tuple[tuple[str, Any], ...], ...] = ()
    short: str = ""
    inside: str = "float64"


KIND_CASES: dict[str, KindCase] = {
    "dense": KindCase(
        lambda torch: torch.nn.Linear(4, 4), lambda keras: keras.layers.Dense(4), (3, 4)
    ),
    "dense, no bias": KindCase(
        lambda torch: torch.nn.Linear(4, 5, bias=False),
        lambda keras: keras.layers.Dense(5, use_bias=False),
        (3, 4),
        leave=("activation",),
    ),
    "einsum": KindCase(
        lambda torch: torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Unflatten(-1, (2, 3)))[0],
        lambda keras: keras.layers.EinsumDense("bi,io->bo", output_shape=6, bias_axes="o"),
        (3, 4),
        leave=(
            "activation",
            "kernel",
        ),
    ),
    "convolution": KindCase(
        lambda torch: torch.nn.Conv2d(2, 4, 3, stride=2),
        lambda keras: keras.layers.Conv2D(4, 3, strides=2),
        (2, 2, 8, 7),
        images=True,
        idle=("padded with", "dilation"),
        chains=(
            (("padding", ((1, 0), (2, 1))),),
            (("padding", "half"), ("activation", "tanh"), ("stride", 1)),
            (("activation", "tanh"), ("stride", 1), ("padding", ((1, 1), (1, 1)))),
        ),
    ),
    "convolution in groups": KindCase(
        lambda torch: torch.nn.Conv2d(4, 6, (3, 2), padding="same", groups=2),
        lambda keras: keras.layers.Conv2D(6, (3, 2), padding="same", groups=2),
        (2, 4, 6, 5),
        images=True,
        leave=("activation", "stride", "kernel"),
    ),
    "depthwise convolution": KindCase(
        lambda torch: torch.nn.Conv2d(3, 6, 3, groups=3),
        lambda keras: keras.layers.DepthwiseConv2D(3, depth_multiplier=2),
        (2, 3, 6, 5),
        images=True,
        leave=(
            "activation",
            "dilation",
        ),
        idle=("padded with",),
    ),
    "convolution of sequences": KindCase(
        lambda torch: torch.nn.Conv1d(2, 4, 3, bias=False),
        lambda keras: keras.layers.Conv1D(4, 3, use_bias=False),
        (2, 2, 8),
        images=True,
        leave=("activation",),
        idle=("padded with",),
    ),
    "convolution of volumes": KindCase(
        lambda torch: torch.nn.Conv3d(2, 4, 3),
        lambda keras: keras.layers.Conv3D(4, 3),
        (1, 2, 5, 5, 5),
        images=True,
        leave=(
            "activation",
            "dilation",
        ),
        idle=("padded with",),
    ),
    "batch normalisation": KindCase(
        lambda torch: torch.nn.BatchNorm2d(3, eps=1e-3),
        lambda keras: keras.layers.BatchNormalization(momentum=0.9),
        (4, 3, 2, 3),
        images=True,
        idle=("momentum", "running variance"),
    ),
    "batch normalisation in training": KindCase(
        lambda torch: torch.nn.BatchNorm1d(3, eps=1e-3, momentum=0.01),
        lambda keras: keras.layers.BatchNormalization(),
        (5, 3),
        images=True,
        train=True,
        chains=((("running variance", "biased"), ("momentum", 0.7), ("epsilon", 0.1)),),
    ),
    "layer normalisation": KindCase(
        lambda torch: torch.nn.LayerNorm(6),
        lambda keras: keras.layers.LayerNormalization(epsilon=1e-5),
        (2, 3, 6),
        chains=(
            (("variance", "unbiased"), ("epsilon", 0.1)),
            (("epsilon", 0.1), ("variance", "unbiased")),
        ),
    ),
    "layer normalisation over two axes": KindCase(
        lambda torch: torch.nn.LayerNorm((3, 4)),
        lambda keras: keras.layers.LayerNormalization(axis=[1, 2], epsilon=1e-5),
        (2, 3, 4),
    ),
    "group normalisation": KindCase(
        lambda torch: torch.nn.GroupNorm(2, 4),
        lambda keras: keras.layers.GroupNormalization(2, epsilon=1e-5),
        (2, 4, 3, 3),
        images=True,
    ),
    "instance normalisation": KindCase(
        lambda torch: torch.nn.InstanceNorm2d(4, affine=True),
        lambda keras: keras.layers.GroupNormalization(-1, epsilon=1e-5),
        (2, 4, 3, 3),
        images=True,
        leave=("groups",),
    ),
    "RMS normalisation": KindCase(
        lambda torch: torch.nn.RMSNorm(6, eps=1e-6),
        lambda keras: keras.layers.RMSNormalization(),
        (2, 3, 6),
    ),
    "LSTM": KindCase(
        lambda torch: torch.nn.LSTM(3, 4, batch_first=True),
        lambda keras: keras.layers.LSTM(4, return_sequences=True),
        (2, 5, 3),
    ),
    "bidirectional LSTM": KindCase(
        lambda torch: torch.nn.LSTM(3, 4, batch_first=True, bidirectional=True),
        lambda keras: keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True)),
        (2, 5, 3),
    ),
    "GRU": KindCase(
        lambda torch: torch.nn.GRU(3, 4, batch_first=True),
        lambda keras: keras.layers.GRU(4, return_sequences=True),
        (2, 5, 3),
        chains=((("reset", "before the product"), ("activation", "relu")),),
    ),
    "plain recurrent": KindCase(
        lambda torch: torch.nn.RNN(3, 4, batch_first=True),
        lambda keras: keras.layers.SimpleRNN(4, return_sequences=True),
        (2, 5, 3),
    ),
    "attention": KindCase(
        lambda torch: torch.nn.MultiheadAttention(6, 2, batch_first=True),
        lambda keras: keras.layers.MultiHeadAttention(2, 3),
        (2, 5, 6),
        repeat=3,
        short="scale = 1 / sqrt(size), float32 constants",
        leave=("scale = 1 / sqrt(width)", "scale = 1 / size", "mask"),  # none is handed over
    ),
    "embedding": KindCase(
        lambda torch: torch.nn.Embedding(7, 4),
        lambda keras: keras.layers.Embedding(7, 4),
        (2, 5),
        integers=7,
    ),
    "transposed convolution": KindCase(
        lambda torch: torch.nn.ConvTranspose2d(3, 4, 3, stride=2),
        lambda keras: keras.layers.Conv2DTranspose(4, 3, strides=2),
        (2, 3, 5, 4),
        images=True,
    ),
    "transposed convolution of even size": KindCase(
        lambda torch: torch.nn.ConvTranspose2d(3, 4, 4, stride=2, padding=1),
        lambda keras: keras.layers.Conv2DTranspose(4, 4, strides=2, padding="same"),
        (2, 3, 5, 4),
        images=True,
        leave=("activation",),
    ),
    "PReLU": KindCase(
        lambda torch: torch.nn.PReLU(3),
        lambda keras: keras.layers.PReLU(shared_axes=[1, 2]),
        (2, 3, 4, 5),
        images=True,
    ),
    "leaky ReLU": KindCase(
        lambda torch: torch.nn.LeakyReLU(0.25),
        lambda keras: keras.layers.LeakyReLU(0.25),
        (3, 4),
    ),
    "softmax": KindCase(
        lambda torch: torch.nn.Softmax(-1),
        lambda keras: keras.layers.Softmax(),
        (3, 4, 5),
    ),
    "ELU": KindCase(lambda torch: torch.nn.ELU(), lambda keras: keras.layers.ELU(), (3, 4)),
    "hard swish": KindCase(
        lambda torch: torch.nn.Hardswish(),
        lambda keras: keras.layers.Activation("hard_swish"),
        (9, 4),
    ),
    "maximum of windows": KindCase(
        lambda torch: torch.nn.MaxPool2d(3, 2),
        lambda keras: keras.layers.MaxPooling2D(3, 2),
        (2, 3, 8, 7),
        images=True,
        idle=("padding counted", "padded with"),
        chains=(
            (
                ("padding", ((1, 1), (1, 1))),
                ("padded with", "zeros"),
                ("last window", "may reach out"),
            ),
        ),
    ),
    "mean of windows": KindCase(
        lambda torch: torch.nn.AvgPool2d(3, 1, padding=1, count_include_pad=False),
        lambda keras: keras.layers.AveragePooling2D(3, 1, padding="same"),
        (2, 3, 6, 7),
        images=True,
        leave=("stride", "size = 2"),  # one side says "same", the other a place on each side
        chains=((("padding", ((1, 1), (1, 1))), ("stride", 2), ("padding counted", True)),),
    ),
    "mean of all": KindCase(
        lambda torch: torch.nn.AdaptiveAvgPool2d(1),
        lambda keras: keras.layers.GlobalAveragePooling2D(keepdims=True),
        (2, 3, 6, 7),
        images=True,
    ),
    "nearest": KindCase(
        lambda torch: torch.nn.Upsample(scale_factor=2),
        lambda keras: keras.layers.UpSampling2D(2),
        (2, 3, 4, 5),
        images=True,
        idle=("places",),
    ),
    "bilinear": KindCase(
        lambda torch: torch.nn.Upsample(scale_factor=2, mode="bilinear"),
        lambda keras: keras.layers.UpSampling2D(2, interpolation="bilinear"),
        (2, 3, 4, 5),
        images=True,
        inside="float32",  # TensorFlow's bilinear resize always does
    ),
    "padding": KindCase(
        lambda torch: torch.nn.ZeroPad2d((1, 2, 0, 3)),
        lambda keras: keras.layers.ZeroPadding2D(((0, 3), (1, 2))),
        (2, 3, 4, 5),
        images=True,
    ),
    "flatten": KindCase(
        lambda torch: torch.nn.Flatten(),
        lambda keras: keras.layers.Flatten(),
        (2, 3, 4, 5),
        images=True,
        short="order = channels last",
    ),
    "dropout": KindCase(
        lambda torch: torch.nn.Dropout(0.5), lambda keras: keras.layers.Dropout(0.5), (2, 3)
    ),
}


def compute(framework: str, name: str, common_npz: str, answer_npz: str) -> dict[str, Any]:
    """Compute the layer and each of its changes, with the weights of common_npz if it is there.

    Writes the arrays, channels first, and returns what a test asks beside them.
    """
    side = _Torch() if framework == "torch" else _Keras()
    case = KIND_CASES[name]
    x = _draw_input(case)
    layer = side.make(case, x)
    from trueport.compare.models.layer_kinds import find_kind

    kind = find_kind(framework, layer)
    assert kind is not None
    form = kind.forms[framework]
    settings = form.read_settings(layer)
    tensors = side.read(layer)
    if common_npz:
        with np.load(common_npz) as file:
            common = {key[2:]: file[key] for key in file.files if key.startswith("c ")}
        side.write(layer, form.from_common(common, tensors, settings))
    else:
        rng = np.random.default_rng(0)
        side.write(layer, {key: rng.uniform(0.5, 1.5, v.shape) for key, v in tensors.items()})
    tensors = side.read(layer)
    common = form.to_common(tensors, settings)
    back = form.from_common(common, tensors, settings)
    again = form.to_common(back, settings)
    arrays = {f"c {role}": value for role, value in common.items()}
    arrays |= {f"a {role}": value for role, value in again.items()}
    plain = side.call(case, layer, x)
    arrays |= {f"plain {key}": value for key, value in plain.items()}
    refused = {}
    for chain in case.chains:
        side.write(layer, tensors)
        changed = layer
        for setting, value in chain:
            changed = form.changes[setting](changed, value)
        answers = side.call(case, changed, x)
        arrays |= {f"chain = {chain} {key}": value for key, value in answers.items()}
    for setting, change in form.changes.items():
        for value in kind.candidates.get(setting, ()):
            if setting in case.leave or f"{setting} = {value}" in case.leave:
                continue
            side.write(layer, tensors)
            try:
                answers = side.call(case, change(layer, value), x)
            except Exception as error:  # noqa: BLE001  # what a framework cannot do it says so
                refused[f"{setting} = {value}"] = f"{type(error).__name__}: {error}"[:300]
                continue
            arrays |= {f"{setting} = {value} {key}": a for key, a in answers.items()}
    before = {f"plain {key}": value for key, value in plain.items()}
    side.write(layer, tensors)
    untouched = all(
        np.array_equal(value, before[f"plain {key}"])
        for key, value in side.call(case, layer, x).items()
    )
    np.savez(answer_npz, **arrays)
    return {"settings": _name_settings(settings), "refused": refused, "untouched": untouched}


def _name_settings(settings: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in settings.items()}


def _draw_input(case: KindCase) -> np.ndarray:
    rng = np.random.default_rng(1)
    if case.integers:
        return rng.integers(0, case.integers, case.shape)
    return rng.normal(size=case.shape)


class _Torch:
    def make(self, case: KindCase, x: np.ndarray) -> Any:
        return case.torch(import_module("torch")).double().train(case.train)

    def read(self, layer: Any) -> dict[str, np.ndarray]:
        return {key: value.numpy().copy() for key, value in layer.state_dict().items()}

    def write(self, layer: Any, values: dict[str, np.ndarray]) -> None:
        torch = import_module("torch")
        state = {key: torch.from_numpy(np.array(value)) for key, value in values.items()}
        layer.load_state_dict(state, strict=False)

    def call(self, case: KindCase, layer: Any, x: np.ndarray) -> dict[str, np.ndarray]:
        torch = import_module("torch")
        with torch.no_grad():
            outputs = layer(*[torch.from_numpy(x)] * case.repeat)
        answers = {f"out {i}": o.numpy() for i, o in enumerate(_flatten(outputs))}
        buffers = {k: b for k, b in layer.named_buffers() if "running" in k}
        names = {"running_mean": "mean", "running_var": "variance"}
        return answers | {names[k]: b.numpy().copy() for k, b in buffers.items()}


class _Keras:
    def make(self, case: KindCase, x: np.ndarray) -> Any:
        keras = import_module("keras")
        keras.config.set_dtype_policy("float64")
        try:
            layer = case.keras(keras)
            layer(*[np.moveaxis(x, 1, -1) if case.images else x] * case.repeat)
        finally:
            keras.config.set_dtype_policy("float32")
        return layer

    def read(self, layer: Any) -> dict[str, np.ndarray]:
        return {name_role(layer, v): v.numpy() for v in layer.weights}

    def write(self, layer: Any, values: dict[str, np.ndarray]) -> None:
        for variable in layer.weights:
            variable.assign(values[name_role(layer, variable)])

    def call(self, case: KindCase, layer: Any, x: np.ndarray) -> dict[str, np.ndarray]:
        keras = import_module("keras")
        x = np.moveaxis(x, 1, -1) if case.images else x
        options = {"training": case.train} if case.train else {}
        inputs = [keras.ops.convert_to_tensor(x)] * case.repeat
        outputs = [np.asarray(o) for o in _flatten(layer(*inputs, **options))]
        if case.images:
            outputs = [np.moveaxis(o, -1, 1) for o in outputs]
        answers = {f"out {i}": o for i, o in enumerate(outputs)}
        names = {"moving_mean": "mean", "moving_variance": "variance"}
        buffers = {v.name: v for v in layer.non_trainable_weights if v.name in names}
        return answers | {names[k]: np.array(v.numpy()) for k, v in buffers.items()}


def name_role(layer: Any, variable: Any) -> str:
    """What a Keras variable is called below the layer: "kernel", "lstm_cell.kernel"."""
    path = variable.path.removeprefix(layer.path + "/")
    return path.replace("/", ".")


def _flatten(outputs: Any) -> list[Any]:
    if isinstance(outputs, (list, tuple)):
        return [tensor for inner in outputs for tensor in _flatten(inner)]
    return [outputs]
