"""Takes up what a stranger's module offers: functions, a SimpleNet, a network or a model."""

import inspect
from collections.abc import Callable
from typing import Any

from ...ports.user_code.errors import NotComparableError, TargetError
from ...ports.user_code.view import AuthorNames, TargetView
from ...suite.user_code import Adoption
from .arguments import SIGNATURES, adapt_arguments, find_own_arrays, read_parameters
from .choose_network import choose_network, is_made_of, turn_functions
from .class_count import has_ten_classes, takes_ten_classes_alone
from .default_arguments import list_other_defaults
from .framework_models import import_ops, is_model
from .function_classes import find_function_classes, make_function
from .helper_classes import find_helper_functions
from .loaders import AdaptedLoader, adapt_loader
from .misspelt import find_misspelt_functions
from .near_names import suggest_contract_name
from .network_port import NetPort
from .not_looked_at import is_general_loss, list_not_looked_at, withhold_unbound
from .numpy_functions import meet_in_numpy
from .other_networks import TWO_LAYERS
from .scores import LOSS, find_loss_of_scores, is_batch_of_loss, is_chapter_loss
from .simple_net import choose_simple_net, offer_simple_net
from .spellings import (
    CLASS_SPELLINGS,
    FUNCTION_SPELLINGS,
    METHOD_SPELLINGS,
    find_contract_name,
    rank_candidates,
)


def adopt(
    view: TargetView, own: AuthorNames, name: str | None, loss: tuple[str, Any] | None
) -> Adoption:
    """Fill the view with what the module offers, or with the one thing that was named."""
    net = fill_view(view, own, name, loss)
    withhold_unbound(view, own)
    if own.slip and name is None and "TwoLayerNet" not in view.names:
        reason = f"the file ends in {own.slip}: mend that, and check again"
        view.withheld.setdefault("TwoLayerNet", reason)
    left = [] if name else list_not_looked_at(view, own)
    view.notes += own.describe_replaced()
    if not view.names and not view.withheld:
        view.withheld.update(view.refused)  # or nothing would be said of the file
        view.notes = [note for note in view.notes if note not in view.withheld.values()]
    limits = list_other_defaults(view, own)
    if net is None or net.withheld:
        return Adoption(not_looked_at=left, limits=limits)
    missing = [m for m in METHOD_SPELLINGS if m not in view.methods["TwoLayerNet"]]
    notes = []
    if missing and not net.problem and net.model_format is None:
        notes.append(f"TwoLayerNet offers no {', '.join(missing)}: not judged")
    return Adoption(net.layout, list(net.sizes) if net.sizes else None, notes, left, limits)


def fill_view(
    view: TargetView, own: AuthorNames, name: str | None, loss: tuple[str, Any] | None
) -> NetPort | None:
    """Fill the view with what the module offers, or with the one thing that was named."""
    if name is None:
        offer_functions(view, own)
        offer_function_classes(view, own)
        offer_helper_functions(view, own)
        offer_misspelt_functions(view, own)
        offer_general_loss(view, own)
        choose_simple_net(view, own)
        chosen = choose_network(view, own)
        return offer_network(view, own, *chosen, loss) if chosen else None
    thing = find_named(view, own, name)
    last = name.rpartition(".")[2]
    wanted = find_contract_name(last) or suggest_function(last, thing)
    if wanted and wanted not in CLASS_SPELLINGS and not isinstance(thing, type):
        offer_function(view, wanted, name, thing)
        return None
    if wanted == "SimpleNet" and isinstance(thing, type) and offer_simple_net(view, last, thing):
        return None
    if not callable(thing):
        raise TargetError(
            f"{name} must be a class, a function or a model (got {type(thing).__name__})"
        )
    return offer_network(view, own, name, thing, loss, named=True)


def find_named(view: TargetView, own: AuthorNames, name: str) -> Any:
    """Return what a (dotted) name stands for. Raises TargetError if there is nothing."""
    thing: Any = own.module
    for part in name.split("."):
        if part in view.unbound:
            raise NotComparableError(f"{name}: {view.unbound[part]}")
        if not hasattr(thing, part):
            raise TargetError(f"{own.module.__name__} has no {name!r}, or it was not run")
        thing = getattr(thing, part)
    return thing


def offer_network(
    view: TargetView,
    own: AuthorNames,
    name: str,
    thing: Any,
    loss: tuple[str, Any] | None,
    named: bool = False,
) -> NetPort:
    """Take up what stands for TwoLayerNet, or withhold it; no other if it was named."""
    view.taken.add(name)
    net = NetPort(view, thing, name, loss)
    made = [n for n in own.names() if isinstance(thing, type) and is_made_of(own, n, thing)]
    if net.withheld and len(made) == 1:  # the file makes one of it, which we could not
        name = made[0]
        view.taken.add(name)
        net = NetPort(view, getattr(own.module, name), name, loss)
    if TWO_LAYERS in net.withheld and not named:
        net = find_other_model(view, own, net, loss)
    if net.withheld:
        view.withheld["TwoLayerNet"] = net.withheld
        return net
    name = net.name
    view.taken.add(name)
    if net.view is not view:
        view.notes.append(f"{name} is written in NumPy, and was given its arrays")
    if net.calling.columns:
        turn_functions(view)
    view.names["TwoLayerNet"] = net
    view.methods.setdefault("TwoLayerNet", {})
    if name != "TwoLayerNet":
        view.aliases["TwoLayerNet"] = name
        view.notes.append(f"{name} was taken for TwoLayerNet")
    return net


def find_other_model(
    view: TargetView, own: AuthorNames, refused: NetPort, loss: tuple[str, Any] | None
) -> NetPort:
    """Return another model of the file, a net of two layers; else the one that was refused."""
    ops, taken = import_ops(view.framework.name), dict(vars(view))
    for name in own.defined():
        value = getattr(own.module, name, None)
        if name in view.taken or not isinstance(value, type) or not is_model(value, ops):
            continue
        view.notes, view.aliases = list(taken["notes"]), dict(taken["aliases"])
        view.hidden, view.methods = set(taken["hidden"]), dict(taken["methods"])
        net = NetPort(view, value, name, loss)
        if not net.withheld and not net.problem:
            why = refused.withheld.removeprefix(f"{refused.name}: ").partition(":")[0]
            view.notes.append(f"{refused.name} was passed by: {why}")
            return net
    vars(view).update(taken)
    return refused


def suggest_function(name: str, thing: Any) -> str:
    """Return the function of the contract that a named function is meant for, or ""."""
    found = suggest_contract_name(name)[0]
    return found if inspect.isfunction(thing) and found in FUNCTION_SPELLINGS else ""


def offer_functions(view: TargetView, own: AuthorNames) -> None:
    """Take up every function of the contract that the module offers."""
    values = {name: getattr(own.module, name) for name in own.names()}
    names = [n for n, v in values.items() if callable(v) and not isinstance(v, type)]
    for wanted, others in FUNCTION_SPELLINGS.items():
        found = rank_candidates(wanted, others, names)
        taken = next((n for n in found if offer_function(view, wanted, n, values[n])), None)
        if taken is None:
            continue
        if taken != wanted:
            view.notes.append(f"{taken} was taken for {wanted}")
        if others_left := found[found.index(taken) + 1 :]:
            view.notes.append(f"{taken} was taken for {wanted}, not {', '.join(others_left)}")


def offer_function_classes(view: TargetView, own: AuthorNames) -> None:
    """Take up classes that are one function each; no other makes their file pass."""
    for wanted, name, method in list(find_function_classes(view, own)):
        if not method:
            view.withheld.setdefault(
                wanted,
                f"{name} was not looked at: it is a class, and no object made without "
                f"arguments gives {wanted} by its forward: write it as a function",
            )
            continue
        view.taken.add(name)
        whole = f"{name}().{method}"
        if offer_function(view, wanted, whole, make_function(getattr(own.module, name), method)):
            view.withheld.pop(wanted, None)
            view.notes.append(f"{whole} was taken for {wanted}")


def offer_helper_functions(view: TargetView, own: AuthorNames) -> None:
    """Take up functions that a class keeps together; one with other arguments is its own affair."""
    for wanted, name, whole, function in list(find_helper_functions(view, own)):
        if wanted in view.names or adapt_function(view, wanted, whole, function)[0] is None:
            continue
        view.taken.add(name)
        offer_function(view, wanted, whole, function)
        view.withheld.pop(wanted, None)
        view.notes.append(f"{whole} was taken for {wanted}")


def offer_misspelt_functions(view: TargetView, own: AuthorNames) -> None:
    """Take up functions whose names are slips of the contract's, if they give what that asks."""
    for wanted, name, value in list(find_misspelt_functions(view, own)):
        if wanted not in view.names and offer_function(view, wanted, name, value):
            view.notes.append(f"{name} was taken for {wanted}")


def offer_general_loss(view: TargetView, own: AuthorNames) -> None:
    """Take up a function that is named after any loss, if its value is that of the chapter's."""
    for name in own.names():
        value = getattr(own.module, name)
        if LOSS in view.names or not is_general_loss(name, value):
            continue
        found = adapt_arguments(value, LOSS)
        if found is not None and is_chapter_loss(found[0], view):
            offer_function(view, LOSS, name, value)
            view.asks.append(is_batch_of_loss)
            view.notes.append(f"{name} was taken for {LOSS}, and asked for batches alone")


def offer_function(view: TargetView, wanted: str, name: str, value: Any) -> bool:
    """Take up a function for one of the contract's if it can be called so; else say why not."""
    view.taken.add(name)
    in_numpy = meet_in_numpy(value, view) if wanted in SIGNATURES else None
    answer, words = adapt_function(view, wanted, name, in_numpy or value)
    if answer is None:
        view.notes.append(words)
        view.refused.setdefault(wanted, words)
        return False
    view.names[wanted] = answer
    if name != wanted:
        view.aliases[wanted] = name
    if words:
        view.notes.append(f"{name} was {words}")
    if in_numpy:
        view.notes.append(f"{name} is written in NumPy, and was given its arrays")
    return True


def adapt_function(view: TargetView, wanted: str, name: str, value: Any) -> tuple[Any, str]:
    """Return a function as the contract calls it and how it is called, or None and why not."""
    own = ", ".join(p.name for p in read_parameters(value) or ())
    refused = (
        f"{name}({own}) takes other arguments than the contract's: not judged; give those that are "
        "not the contract's a default"
    )
    calls: dict[str, Callable[[inspect.Signature], Any]] = {
        "train": lambda s: s.bind(*range(6), learning_rate=0, checkpoints=()),
        "batch_masks": lambda s: s.bind(*range(4)),
        "forward_diff": lambda s: s.bind(0, 0, h=0),
    }
    if isinstance(value, type):
        return None, refused
    if own_arrays := find_own_arrays(value):
        return None, f"{name} takes a {own_arrays} of the file, and no array: not judged"
    if wanted == "load_mnist":
        return offer_loader(view, name, value, refused)
    if wanted in calls:
        try:
            calls[wanted](inspect.signature(value))
        except (TypeError, ValueError):
            if wanted == "train":
                refused = (
                    f"{name} has a signature of its own and was not run: the chapter's loop "
                    "trains your network instead"
                )
            return None, refused
        return value, ""
    found = adapt_arguments(value, wanted)
    if found is None:
        return None, refused
    arguments = "".join(p.name for p in read_parameters(value) or ())
    if wanted == LOSS and (scores := find_loss_of_scores(found[0], name, arguments, view)):
        view.asks.append(scores.is_asked)
        return scores, scores.describe()
    if wanted == LOSS and takes_ten_classes_alone(found[0], view):
        view.asks.append(has_ten_classes)
        return found[0], ", ".join(filter(None, [found[1], "asked of ten classes alone"]))
    return found


def offer_loader(view: TargetView, name: str, value: Any, refused: str) -> tuple[Any, str]:
    """Return a loader as the contract calls it, or None and why not."""
    loader = adapt_loader(value)
    if loader is None:
        return None, refused
    if isinstance(loader, AdaptedLoader):
        view.asks.append(loader.is_asked)
        return loader, "asked for pixels and labels, in whatever shape and kind it gives them"
    return loader, ""
