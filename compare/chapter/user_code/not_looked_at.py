"""What of a user's file was not taken up: listed, or withheld where the file cannot pass so."""

import inspect
from typing import Any

from ...ports.user_code.view import AuthorNames, TargetView
from .arguments import read_parameters
from .framework_models import import_ops, is_model
from .near_names import split_words, suggest_contract_name
from .spellings import (
    CLASS_SPELLINGS,
    METHOD_SPELLINGS,
    find_contract_name,
    find_methods,
    normalise_name,
)

NETWORK_WORDS = {"net", "network", "networks", "mlp", "nn", "perceptron", "classifier", "model"}
LOSS_NAMES = {
    normalise_name(name)
    for name in (*METHOD_SPELLINGS["loss"], "loss", "loss_fn", "calculate_loss", "compute_cost",
                 "cost_function", "error_function", "nll_loss", "log_loss")
}  # fmt: skip
FORWARD_WORDS = {"forward", "predict", "feedforward", "inference", "propagate", "propagation"}
NO_NETWORK_WORDS = {
    "plot", "test", "train", "save", "load", "show", "print", "draw", "evaluate", "fit", "backward",
    "back", "backprop", "trainer", "optimizer", "loss", "dataset", "layer",
}  # fmt: skip


def withhold_unbound(view: TargetView, own: AuthorNames) -> None:
    """Withhold what the file defines under a name of the contract, and what could not be run.

    An object of a class that is taken up itself, or listed, is nothing more.
    """
    made = own.find_objects()
    for name, reason in view.unbound.items():
        wanted = find_contract_name(name)
        if name in own.assigned - made and wanted and wanted not in view.names:
            view.taken.add(name)
            view.withheld.setdefault(wanted, reason if name == wanted else f"{name}: {reason}")


def list_not_looked_at(view: TargetView, own: AuthorNames) -> list[tuple[str, str]]:
    """Return the file's public functions and classes that nothing was said of, and their likes.

    What is meant for one of the contract's names but for a slip is withheld, and so is a network
    that is not recognised: beside it, no other name makes the file pass.
    """
    ops, names = import_ops(view.framework.name), own.defined()
    if "TwoLayerNet" not in view.names:
        names += [n for n in own.names() if is_model(getattr(own.module, n), ops)]
    imported = [
        n for n in own.names() if n not in names and inspect.isfunction(getattr(own.module, n))
    ]
    names += [name for name in imported if suggest_for(name, getattr(own.module, name))[0]]
    left = [name for name in dict.fromkeys(names) if name not in view.taken]
    found = [(name, *suggest_for(name, getattr(own.module, name, None))) for name in left]
    answered = {*view.names, *view.withheld}
    for name, wanted, is_slip in found:
        if is_slip and wanted not in answered:
            told = f"did you mean {wanted}? Call it that, or check it alone, as FILE:{name}"
            if name == wanted:
                told = f"nothing here could make or call it: check it alone, as FILE:{name}"
            view.withheld[wanted] = f"{name} was not looked at: {told}"
    networks = [name for name in left if looks_like_network(name, own, view)]
    if networks and "TwoLayerNet" not in answered:
        view.withheld.setdefault(
            "TwoLayerNet",
            f"{' or '.join(networks[:3])} may be a network, and none was recognised: name the one "
            f"of two layers, as FILE:{networks[0]}, or write it as a class with params W1, b1, W2 "
            "and b2, predict(x) and loss(x, t)",
        )
    return [(n, "" if wanted in view.names or n == wanted else wanted) for n, wanted, _ in found]


def suggest_for(name: str, value: Any) -> tuple[str, bool]:
    """Return what a name may be meant for, and whether by a slip: no class for a function."""
    wanted, is_slip = suggest_contract_name(name)
    if not wanted and is_general_loss(name, value):
        return "cross_entropy_error", False
    fits = isinstance(value, type) == (wanted in CLASS_SPELLINGS) or value is None
    return (wanted, is_slip) if fits else ("", False)


def is_general_loss(name: str, value: Any) -> bool:
    """Whether a function of two arguments is named after any loss."""
    if not inspect.isfunction(value) or normalise_name(name) not in LOSS_NAMES:
        return False
    required = [p for p in read_parameters(value) or () if p.default is p.empty]
    return len(required) == 2


def looks_like_network(name: str, own: AuthorNames, view: TargetView) -> bool:
    """Whether a function or class may be a network, or the forward pass of one."""
    value: Any = getattr(own.module, name, None)
    words = set(split_words(name))
    if is_model(value, import_ops(view.framework.name)):
        return True
    if isinstance(value, type):
        methods = find_methods(value, ())
        return "predict" in methods and bool(words & NETWORK_WORDS or len(methods) > 1)
    forward = words & FORWARD_WORDS and not words & NO_NETWORK_WORDS
    return inspect.isfunction(value) and bool(forward)
