"""Takes up what a stranger's module offers: functions, a SimpleNet, a network or a model."""

import inspect
from collections.abc import Callable
from typing import Any

from ...ports.user_code.errors import TargetError
from ...ports.user_code.view import AuthorNames, TargetView
from ...suite.user_code import Adoption
from .network_port import NetPort, import_ops, is_model
from .spellings import (
    CLASS_SPELLINGS,
    FUNCTION_SPELLINGS,
    METHOD_SPELLINGS,
    find_contract_name,
    find_methods,
    rank_candidates,
)


def adopt(
    view: TargetView, own: AuthorNames, name: str | None, loss: tuple[str, Any] | None
) -> Adoption:
    """Fill the view with what the module offers, or with the one thing that was named."""
    net = fill_view(view, own, name, loss)
    if net is None:
        return Adoption()
    missing = [m for m in METHOD_SPELLINGS if m not in view.methods["TwoLayerNet"]]
    notes = []
    if missing and not net.problem and net.model_format is None:
        notes.append(f"TwoLayerNet offers no {', '.join(missing)}: not judged")
    return Adoption(net.layout, list(net.sizes) if net.sizes else None, notes)


def fill_view(
    view: TargetView, own: AuthorNames, name: str | None, loss: tuple[str, Any] | None
) -> NetPort | None:
    """Fill the view with what the module offers, or with the one thing that was named."""
    if name is None:
        offer_functions(view, own)
        offer_simple_net(view, own)
        chosen = choose_net(view, own)
        if chosen is None:
            return None
        name, thing = chosen
    else:
        thing = own.module
        for part in name.split("."):
            if not hasattr(thing, part):
                raise TargetError(f"{own.module.__name__} has no {name!r}, or it was not run")
            thing = getattr(thing, part)
        wanted = find_contract_name(name.rpartition(".")[2])
        if wanted and wanted not in CLASS_SPELLINGS and not isinstance(thing, type):
            if can_stand_for(view, wanted, own, name):
                view.names[wanted] = thing
                if wanted != name:
                    view.aliases[wanted] = name
            return None
        if wanted == "SimpleNet" and isinstance(thing, type):
            offer_simple_net(view, own)
            return None
        if not callable(thing):
            raise TargetError(
                f"{name} must be a class, a function or a model (got {type(thing).__name__})"
            )
    net = NetPort(view, thing, name, loss)
    view.names["TwoLayerNet"] = net
    view.methods.setdefault("TwoLayerNet", {})
    if name != "TwoLayerNet":
        view.aliases["TwoLayerNet"] = name
        view.notes.append(f"{name} was taken for TwoLayerNet")
    return net


def offer_simple_net(view: TargetView, own: AuthorNames) -> None:
    """Take up a class that stands for SimpleNet, its methods under the contract's names."""
    names = [n for n in own.names() if isinstance(getattr(own.module, n), type)]
    found = rank_candidates("SimpleNet", CLASS_SPELLINGS["SimpleNet"], names)
    if not found:
        return
    cls = getattr(own.module, found[0])
    methods = find_methods(cls, ("torch", "keras", "tensorflow"))
    for wanted, name in methods.items():
        if wanted != name:
            view.aliases[f"SimpleNet.{wanted}"] = name
            if not hasattr(cls, wanted):
                setattr(cls, wanted, getattr(cls, name))
    view.names["SimpleNet"], view.methods["SimpleNet"] = cls, {key: key for key in methods}
    if found[0] != "SimpleNet":
        view.aliases["SimpleNet"] = found[0]


def choose_net(view: TargetView, own: AuthorNames) -> tuple[str, Any] | None:
    """Return what stands for TwoLayerNet in the module: by name, else the only model there is."""
    ops, simple = import_ops(view.framework.name), view.names.get("SimpleNet")
    values = {name: getattr(own.module, name) for name in own.names()}
    models = {n: v for n, v in values.items() if is_model(v, ops) and v is not simple}
    classes = {
        n: v
        for n, v in values.items()
        if isinstance(v, type)
        and v is not simple
        and {"predict", "loss"} & set(find_methods(v, ()))
    }
    for kinds in (classes | {n: v for n, v in models.items() if isinstance(v, type)}, models):
        found = rank_candidates("TwoLayerNet", CLASS_SPELLINGS["TwoLayerNet"], kinds)
        if found:
            if len(found) > 1:
                others = ", ".join(found[1:])
                view.notes.append(f"{found[0]} was taken for TwoLayerNet, not {others}")
            return found[0], kinds[found[0]]
    made = {n: v for n, v in models.items() if isinstance(v, type)} or models
    if len(made) == 1:
        return next(iter(made.items()))
    if made:
        view.notes.append(
            f"it has several models, {', '.join(made)}: name one, as in file.py:{next(iter(made))}"
        )
    return None


def offer_functions(view: TargetView, own: AuthorNames) -> None:
    """Take up every function of the contract that the module offers."""
    names = [name for name in own.names() if callable(getattr(own.module, name))]
    for wanted, others in FUNCTION_SPELLINGS.items():
        found = [
            n for n in rank_candidates(wanted, others, names) if can_stand_for(view, wanted, own, n)
        ]
        if not found:
            continue
        view.names[wanted] = getattr(own.module, found[0])
        if found[0] != wanted:
            view.aliases[wanted] = found[0]
            view.notes.append(f"{found[0]} was taken for {wanted}")
        if len(found) > 1:
            view.notes.append(f"{found[0]} was taken for {wanted}, not {', '.join(found[1:])}")


def can_stand_for(view: TargetView, wanted: str, own: AuthorNames, name: str) -> bool:
    """Whether a function of that name can be called as the contract calls it."""
    value = getattr(own.module, name)
    if isinstance(value, type) and wanted not in ("sigmoid", "softmax"):
        return False
    calls: dict[str, Callable[[inspect.Signature], Any]] = {
        "train": lambda s: s.bind(*range(6), learning_rate=0, checkpoints=()),
        "load_mnist": lambda s: s.bind(normalize=0, flatten=0, one_hot_label=0, source=0),
        "batch_masks": lambda s: s.bind(*range(4)),
        "one_hot": lambda s: s.bind(0),
    }
    if wanted in calls:
        try:
            calls[wanted](inspect.signature(value))
        except (TypeError, ValueError):
            if wanted == "train":
                view.notes.append(
                    f"{name} has a signature of its own and was not run: the chapter's loop "
                    "trains your network instead"
                )
            else:
                view.notes.append(f"{name} takes other arguments than the contract's: not judged")
            return False
    return not isinstance(value, type)
