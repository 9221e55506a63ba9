"""The layers of a Keras model, each under a name that is the same in every process."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NamedLayer:
    """A layer under its path in the model: "block/conv1"; "" is the model itself.

    parent: the path of the layer that holds it, None for the model.
    """

    name: str
    layer: Any
    parent: str | None


def name_layers(model: Any, name: str = "", parent: str | None = None) -> list[NamedLayer]:
    """Return a model and all layers in it, each once, in the order in which they are defined.

    Input layers and the cells of recurrent layers are left out.
    """
    return list(_walk(model, name, parent, set()))


def substitute_layers(layers: Sequence[NamedLayer], changed: Mapping[int, Any]) -> list[NamedLayer]:
    """Return the layers with others in the place of some, and what these hold under their names.

    changed: by the id of a layer, the one that takes its place.
    """
    found: list[NamedLayer] = []
    gone: tuple[str, ...] = ()
    for named in layers:
        new = changed.get(id(named.layer))
        if new is not None:
            found += name_layers(new, named.name, named.parent)
            gone = (*gone, f"{named.name}/" if named.name else "")
        elif not named.name.startswith(gone):
            found.append(named)
    return found


def _walk(layer: Any, name: str, parent: str | None, seen: set[int]) -> Iterator[NamedLayer]:
    seen.add(id(layer))
    yield NamedLayer(name, layer, parent)
    prefix = f"{name}/" if name else ""
    for short, child in name_children(layer):
        if id(child) not in seen:  # a shared layer has its first name
            yield from _walk(child, prefix + short, name, seen)


def name_children(layer: Any) -> list[tuple[str, Any]]:
    """Return the layers that one holds, each under a name that no other of these has."""
    attributes = find_attributes(layer)
    named: dict[str, Any] = {}
    for child in find_children(layer):
        short = re.sub(r"\W+", "_", child.name)
        if is_automatic_name(child) or is_wrapper(layer):
            short = attributes.get(id(child), make_class_name(child))
        unique, count = short, 0
        while unique in named:
            count += 1
            unique = f"{short}_{count}"
        named[unique] = child
    return list(named.items())


def find_children(layer: Any) -> list[Any]:
    """Return the layers that one holds directly; of a recurrent one none: its cells are its own."""
    import keras

    if isinstance(layer, keras.layers.RNN):
        return []
    children = layer._flatten_layers(include_self=False, recursive=False)
    return [c for c in children if not isinstance(c, keras.layers.InputLayer)]


def find_attributes(layer: Any) -> dict[int, str]:
    """Return what each object that a user's layer holds is called there: "conv1", "blocks.0"."""
    found: dict[int, str] = {}
    if type(layer).__module__.startswith("keras.") and not is_wrapper(layer):
        return found
    for name, value in (vars(layer) | vars(layer).get("_modules", {})).items():  # as torch has it
        if name.startswith("_"):
            continue
        found.setdefault(id(value), name)
        items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else ()
        if isinstance(value, list | tuple):
            items = enumerate(value)
        for place, item in items:
            found.setdefault(id(item), f"{name}.{place}")
    return found


def is_wrapper(layer: Any) -> bool:
    """Whether it is Keras's layer around another one: Bidirectional, TimeDistributed."""
    import keras

    return isinstance(layer, keras.layers.Wrapper | keras.layers.Bidirectional)


def is_automatic_name(layer: Any) -> bool:
    """Whether Keras has named it, with a number that depends on what was made before."""
    return bool(re.fullmatch(re.escape(make_class_name(layer)) + r"(_\d+)?", layer.name))


def make_class_name(layer: Any) -> str:
    """Return the class's name as Keras makes a layer's of it: "conv2d", "batch_normalization"."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", type(layer).__name__))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def is_leaf(layer: Any, is_model: bool = False) -> bool:
    """Whether a call of the layer is one step, though nobody asks for it.

    So are recurrent layers, and Keras's wrappers with what they wrap. Of Keras's own those are that
    hold no layer with variables; of the user's those that hold none at all.

    is_model: whether it is the model itself, which is a leaf only if it is one of Keras's layers.
    """
    import keras

    if isinstance(layer, keras.layers.RNN) or is_wrapper(layer):
        return True
    own = is_own(layer) and not isinstance(layer, keras.Model)
    if is_model and not own:
        return False
    children = find_children(layer)
    return not any(child.weights for child in children) if own else not children


def is_own(layer: Any) -> bool:
    """Whether its class is one of Keras's."""
    return type(layer).__module__.partition(".")[0] == "keras"


def find_type(layer: Any) -> str:
    """Return the class as it is written: "keras.layers.Dense", "MyAttention"."""
    import keras

    name = type(layer).__name__
    if is_own(layer):
        if name == "Functional":
            return "keras.Model"
        for place in ("layers", "models"):
            if getattr(getattr(keras, place), name, None) is type(layer):
                return f"keras.{place}.{name}"
        return f"{type(layer).__module__}.{name}"
    return name
