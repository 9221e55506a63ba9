"""A model's tensors in the common layout, by layer, in the order in which the layers are called."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .layer_kinds import LAYER_KINDS
from .records import Arrays, LayerRecord, ModelRecord, TensorRecord

# neither learned nor used to compute anything that is compared
_IGNORED = ("num_batches_tracked", "seed_generator_state", "state", "seed")

_ROLES = {
    **{"weight": "kernel", "gamma": "scale", "g": "scale", "b": "bias", "beta": "shift"},
    **{"running_mean": "mean", "running_var": "variance", "moving_mean": "mean"},
    **{"moving_variance": "variance", "embeddings": "table", "w": "kernel"},
}
_ROLE_WORDS = _ROLES | {
    **{"mean": "mean", "mu": "mean", "var": "variance", "variance": "variance"},
    **{"bias": "bias", "kernel": "kernel", "scale": "scale", "shift": "shift"},
}
# of layers of no known kind; a tensor of another role there stands for itself
KNOWN_ROLES = frozenset(
    ("kernel", "bias", "scale", "shift", "mean", "variance", "table", "recurrent kernel")
)
# what becomes 0 or 1 if the other model has none: as if it were not there
_FILLED = frozenset(("bias", "scale", "shift", "mean", "variance"))
# of one layer, parts that may be layers of their own in another model
_PARTS = re.compile(r"(query|key|value|output|depthwise|pointwise) (.+)|(.+) (\d+ \w+ward)")


@dataclass(frozen=True)
class CommonTensor:
    """A tensor in the common layout: its role there, its shape, the model's tensors it is made of.

    home: the layer that owns these; home_role: what it is called there ("query kernel", where role
    is "kernel"). assumed: whether its layout is a guess, for a layer of no known kind. turned:
    whether the guess is that its axes are in reverse order in the model. native: the shape that it
    has in the model, where it is made of one tensor. moved: whether the common layout has its axes
    in another order.
    """

    home: str
    home_role: str
    role: str
    shape: tuple[int, ...]
    names: tuple[str, ...]
    assumed: bool = False
    turned: bool = False
    native: tuple[int, ...] = ()
    moved: bool = False


@dataclass(frozen=True)
class CommonLayer:
    """A layer with tensors, or a part of one that may be a layer elsewhere: "attention[query]".

    fed: the shape of the kernel of the layer whose output it is given, () if that is not known.
    """

    name: str
    kind: str
    type: str
    place: float
    tensors: tuple[CommonTensor, ...]
    tied: bool = False
    home: str = field(default="")
    fed: tuple[int, ...] = ()

    def find(self, role: str) -> CommonTensor | None:
        """Return the tensor of this role, None if there is none."""
        return next((t for t in self.tensors if t.role == role), None)


def list_common_layers(
    record: ModelRecord, calls: Sequence[str], feeders: Mapping[str, str] | None = None
) -> list[CommonLayer]:
    """Return the layers that have tensors, in the order of calls: names of layers as first called.

    Tensors of no layer that is called stand where they are used first, if calls has them; a layer
    that is not among these stands where it is defined. feeders: by the name of a layer, that of the
    one whose output it is given.
    """
    places = _place_layers(record, calls)
    common = []
    for home in record.tensors_by_home:
        tensors = _list_tensors(record, home)
        if not tensors:
            continue
        layer = record.layers_by_name.get(home, LayerRecord(home, "", "", None))
        common += _split_layer(layer, _read_layer(record.framework, layer, tensors), places)
    tied = {tensor.name for tensor in record.tensors if tensor.tied}
    common = [_mark_tied(layer, tied) for layer in common]
    kernels = {layer.home: layer.find("kernel") for layer in common}
    fed = {name: kernels.get(feeder) for name, feeder in (feeders or {}).items()}
    common = [
        replace(layer, fed=kernel.shape)
        if (kernel := fed.get(layer.home)) and not kernel.assumed
        else layer
        for layer in common
    ]
    return sorted(common, key=lambda layer: layer.place)


def convert_to_common(
    record: ModelRecord, home: str, tensors: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the tensors of one layer in the common layout, by their roles there."""
    layer, by_role = _gather(record, home, tensors)
    if not _is_known(record.framework, layer, by_role):
        turned = {r: _is_turned(record.framework, layer, r, v.shape) for r, v in by_role.items()}
        return {role: value.T if turned[role] else value for role, value in by_role.items()}
    form = LAYER_KINDS[layer.tensor_kind].forms[record.framework]
    return form.to_common(by_role, layer.settings)


def convert_from_common(
    record: ModelRecord,
    home: str,
    common: Mapping[str, np.ndarray],
    tensors: Mapping[str, np.ndarray],
) -> Arrays:
    """Return the tensors of one layer, by name, from those of the common layout.

    tensors: what the model has now. What common says nothing of stays what it is, but for a bias of
    a layer of a known kind, which becomes 0, and a factor, which becomes 1.
    """
    layer, now = _gather(record, home, tensors)
    if not _is_known(record.framework, layer, now):
        turned = {r: _is_turned(record.framework, layer, r, v.shape) for r, v in now.items()}
        new = {role: v.T if turned[role] else v for role, v in common.items()}
    else:
        form = LAYER_KINDS[layer.tensor_kind].forms[record.framework]
        present = form.to_common(now, layer.settings)
        kept = {role: v for role, v in present.items() if not _FILLED & set(role.split())}
        new = form.from_common(kept | dict(common), now, layer.settings)
    names = {_name_role(t, home): t.name for t in _list_tensors(record, home)}
    return {names[role]: np.asarray(value, order="C") for role, value in new.items()}


def _gather(
    record: ModelRecord, home: str, tensors: Mapping[str, np.ndarray]
) -> tuple[LayerRecord, dict[str, np.ndarray]]:
    layer = record.layers_by_name.get(home, LayerRecord(home, "", "", None))
    by_role = {
        _name_role(tensor, home): tensors[tensor.name if tensor.name in tensors else tensor.tied]
        for tensor in _list_tensors(record, home)
    }
    return layer, by_role


def _list_tensors(record: ModelRecord, home: str) -> list[TensorRecord]:
    return [tensor for tensor in record.tensors_by_home.get(home, ()) if _is_carried(tensor)]


def _is_carried(tensor: TensorRecord) -> bool:
    """Whether it holds fractions, and is more than a mask or a count."""
    return tensor.role.rpartition(".")[2] not in _IGNORED and "float" in tensor.dtype


def _name_role(tensor: TensorRecord, home: str) -> str:
    """Return what a tensor is called below its home: "kernel", "query.kernel"."""
    below = tensor.layer[len(home) :].strip("./").replace("/", ".")
    return f"{below}.{tensor.role}" if below else tensor.role


def _is_known(framework: str, layer: LayerRecord, tensors: Mapping[str, np.ndarray]) -> bool:
    """Whether the kind's forms can read these tensors, and all of them."""
    return _find_sources(framework, layer, {r: v.shape for r, v in tensors.items()}) is not None


def _find_sources(
    framework: str, layer: LayerRecord, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, list[str]] | None:
    """Return the layer's roles that each common one is made of; None if it is of no known kind.

    A layer that has more tensors than its kind, as a parametrised one, is of none.
    """
    kind = LAYER_KINDS.get(layer.tensor_kind)
    if kind is None or framework not in kind.forms:
        return None
    to_common = kind.forms[framework].to_common
    empty = {role: np.broadcast_to(np.float64(0), shape) for role, shape in shapes.items()}
    try:
        sources: dict[str, list[str]] = {role: [] for role in to_common(empty, layer.settings)}
        for role, shape in shapes.items():  # what becomes NaN with it is made of it
            marked = empty | {role: np.broadcast_to(np.float64(np.nan), shape)}
            for common, value in to_common(marked, layer.settings).items():
                sources[common] += [role] if _has_nan(value) else []
    except (KeyError, ValueError):
        return None
    used = {role for roles in sources.values() for role in roles}
    return sources if used == set(shapes) else None


def _has_nan(value: np.ndarray) -> bool:
    alike = value.size > 0 and not any(value.strides)  # one number, however large the array
    return bool(np.isnan(value.flat[0] if alike else value).any())


def _read_layer(
    framework: str, layer: LayerRecord, tensors: list[TensorRecord]
) -> list[CommonTensor]:
    by_role = {_name_role(t, layer.name): t for t in tensors}
    sources = _find_sources(framework, layer, {role: t.shape for role, t in by_role.items()})
    if sources is None:
        return [_guess(framework, layer, role, t) for role, t in by_role.items()]
    names = {role: [by_role[one].name for one in roles] for role, roles in sources.items()}
    to_common = LAYER_KINDS[layer.tensor_kind].forms[framework].to_common
    zeros = to_common({role: np.zeros(t.shape) for role, t in by_role.items()}, layer.settings)
    return [
        CommonTensor(
            *(layer.name, role, role, value.shape, tuple(names[role])),
            native=_find_native(names[role], tensors),
            moved=not value.flags.c_contiguous,
        )
        for role, value in zeros.items()
    ]


def _find_native(names: list[str], tensors: list[TensorRecord]) -> tuple[int, ...]:
    shapes = [tensor.shape for tensor in tensors if tensor.name in names]
    return shapes[0] if len(shapes) == 1 else ()


def _guess(framework: str, layer: LayerRecord, role: str, tensor: TensorRecord) -> CommonTensor:
    last = role.rpartition(".")[2]
    common = _ROLES.get(last, last)
    if sum(n != 1 for n in tensor.shape) <= 1 and common == "kernel":
        common = "scale"
    turned = _is_turned(framework, layer, role, tensor.shape)
    shape = tensor.shape[::-1] if turned else tensor.shape
    return CommonTensor(
        layer.name, role, common, shape, (tensor.name,), True, turned, tensor.shape, turned
    )


def guess_role(tensor: CommonTensor) -> str:
    """Return the role of a tensor: its own if that is a known one, else what its name says.

    >>> guess_role(CommonTensor("w", "bn1_gamma", "bn1_gamma", (10,), ("w.bn1_gamma",), True))
    'scale'
    """
    if tensor.role in KNOWN_ROLES:
        return tensor.role
    words = re.findall("[a-z]+", tensor.role.lower())
    return next((_ROLE_WORDS[word] for word in reversed(words) if word in _ROLE_WORDS), "")


def _is_turned(framework: str, layer: LayerRecord, role: str, shape: tuple[int, ...]) -> bool:
    """Whether a matrix of an unknown layer is most likely (out, in), as torch's are."""
    if framework != "torch" or len(shape) != 2 or layer.type.endswith("Conv1D"):
        return False
    return role.rpartition(".")[2] in ("weight", "in_proj_weight")


def _split_layer(
    layer: LayerRecord, tensors: list[CommonTensor], places: Callable[[str, str], float]
) -> list[CommonLayer]:
    """Return a layer as its parts, where it has some: projections, directions, kernels."""
    parts: dict[str, list[CommonTensor]] = {}
    for tensor in tensors:
        found = None if tensor.assumed else _PARTS.fullmatch(tensor.role)
        part = (found.group(1) or found.group(4)) if found else ""
        if tensor.assumed and tensor.role not in KNOWN_ROLES:
            part = tensor.role  # a name of its own: "cls_token"
        role = (found.group(2) or found.group(3)) if found else tensor.role
        if tensor.role == "bias" and any(t.role == "pointwise kernel" for t in tensors):
            part = "pointwise"
        new = CommonTensor(
            *(tensor.home, tensor.home_role, role, tensor.shape, tensor.names),
            *(tensor.assumed, tensor.turned, tensor.native, tensor.moved),
        )
        parts.setdefault(part, []).append(new)
    kind = str(layer.settings.get("cell", layer.tensor_kind))
    if kind and not all(part == "" or part[0].isdigit() for part in parts):
        kind = "dense"
    return [
        CommonLayer(
            f"{layer.name}[{part}]" if part and len(parts) > 1 else layer.name,
            *(kind, layer.type, places(held[0].names[0], layer.name) + i / 1000, tuple(held)),
            home=layer.name,
        )
        for i, (part, held) in enumerate(parts.items())
    ]


def _mark_tied(layer: CommonLayer, tied: set[str]) -> CommonLayer:
    names = {name for tensor in layer.tensors for name in tensor.names}
    if not names or not names <= tied:
        return layer
    return CommonLayer(
        *(layer.name, layer.kind, layer.type, layer.place, layer.tensors), True, layer.home
    )


def _place_layers(record: ModelRecord, calls: Sequence[str]) -> Callable[[str, str], float]:
    """Return what gives the place of a tensor of a layer: that of its own first use, if known.

    Else that of the layer's first call, or of what it holds or follows.
    """
    called: dict[str, float] = {}
    for i, name in enumerate(calls):
        called.setdefault(name, float(i))
    parents = {layer.name: layer.parent for layer in record.layers}
    inner: dict[str, float] = {}
    for name, place in called.items():
        above = parents.get(name)
        while above is not None:
            inner[above] = min(inner.get(above, place), place - 0.5)
            above = parents.get(above)
    places, last = {}, -0.5
    for layer in record.layers:
        last = called.get(layer.name, inner.get(layer.name, last))
        places[layer.name] = last
    return lambda tensor, layer: called.get(tensor, places.get(layer, -0.5))
