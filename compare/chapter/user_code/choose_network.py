"""Which of a module's classes, models and functions is its network."""

import inspect
from typing import Any

from ...ports.user_code.machine import find_machine_reason
from ...ports.user_code.view import AuthorNames, TargetView
from .columns import turn
from .construct import TRIAL_SIZES, find_builder
from .framework_models import import_ops, is_model
from .functional_net import find_functional_net, is_maker
from .misspelt import find_misspelt_class
from .spellings import CLASS_SPELLINGS, find_methods, rank_candidates
from .trials import is_right_on_trial

# a SimpleNet of two layers too, which is none of the chapter's
NETWORK_NAMES = (*CLASS_SPELLINGS["TwoLayerNet"], "SimpleNet", *CLASS_SPELLINGS["SimpleNet"])


def choose_network(view: TargetView, own: AuthorNames) -> tuple[str, Any] | None:
    """Return what stands for TwoLayerNet in the module, and its name; None if nothing does."""
    if chosen := choose_net(view, own):
        return chosen
    if name := find_misspelt_class(view, own, "TwoLayerNet"):
        return name, getattr(own.module, name)
    chosen = find_maker(view, own) or choose_functions(view, own)
    return chosen or find_broken_class(view, own)


def find_broken_class(view: TargetView, own: AuthorNames) -> tuple[str, Any] | None:
    """Return the class called TwoLayerNet whose constructor names what is not there."""
    value = getattr(own.module, "TwoLayerNet", None)
    if not isinstance(value, type) or not own.has("TwoLayerNet", value):
        return None
    try:
        value(*TRIAL_SIZES)
    except NameError as error:
        return None if find_machine_reason(error, view.unbound) else ("TwoLayerNet", value)
    except Exception:  # noqa: BLE001  # whatever else a user's code raises may be for want of arguments
        return None
    return None


def is_made_of(own: AuthorNames, name: str, cls: type) -> bool:
    """Whether a name of the module stands for an object of a class."""
    return type(getattr(own.module, name)) is cls


def find_maker(view: TargetView, own: AuthorNames) -> tuple[str, Any] | None:
    """Return the one function that makes a model, of a file that leaves none lying about."""
    ops = import_ops(view.framework.name)
    found = []
    for name in own.defined() if ops is not None else ():
        value = getattr(own.module, name, None)
        if not inspect.isfunction(value) or not is_maker(name):
            continue
        try:
            build, _ = find_builder(value, lambda net: True)
            made = build(*TRIAL_SIZES)
        # what cannot be made is listed as not looked at
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        found += [(name, value)] if is_model(made, ops) else []
    return found[0] if len(found) == 1 else None


def choose_functions(view: TargetView, own: AuthorNames) -> tuple[str, Any] | None:
    """Return the functions that are a network, under the name of its forward pass."""
    found = find_functional_net(own, lambda a: view.array(a.astype(view.dtype)))
    if found is None:
        return None
    names, build = found
    view.taken.update(names)
    view.hidden.add("TwoLayerNet")  # its first weights follow another rule, by design
    if len(names) > 1:
        view.notes.append(f"{', '.join(names)} are taken as one network")
    return names[0], build


def turn_functions(view: TargetView) -> None:
    """Hand what belongs to a network of columns its samples as columns too."""
    for wanted in ("softmax", "cross_entropy_error", "sum_squares_error", "one_hot"):
        if wanted in view.names and not is_right_on_trial(view.names[wanted], wanted, view):
            view.names[wanted] = turn(view.names[wanted])
            view.notes.append(f"{wanted} was given samples as columns too")


def choose_net(view: TargetView, own: AuthorNames) -> tuple[str, Any] | None:
    """Return what stands for TwoLayerNet in the module: by name, else the only model there is."""
    ops, simple = import_ops(view.framework.name), view.names.get("SimpleNet")
    values = {n: getattr(own.module, n) for n in own.names() if n not in view.taken}
    models = {n: v for n, v in values.items() if is_model(v, ops) and v is not simple}
    classes = {
        n: v
        for n, v in values.items()
        if isinstance(v, type)
        and v is not simple
        and {"predict", "loss"} & set(find_methods(v, ()))
    }
    for kinds in (classes | {n: v for n, v in models.items() if isinstance(v, type)}, models):
        found = rank_candidates("TwoLayerNet", NETWORK_NAMES, kinds)
        if found:
            if len(found) > 1:
                others = ", ".join(found[1:])
                view.notes.append(f"{found[0]} was judged as TwoLayerNet, not {others}")
            return found[0], kinds[found[0]]
    made = {n: v for n, v in models.items() if isinstance(v, type)} or models
    if len(made) == 1:
        return next(iter(made.items()))
    if made:
        view.notes.append(
            f"it has several models, {', '.join(made)}: name one, as in file.py:{next(iter(made))}"
        )
    return None
