"""A class that stands for SimpleNet: one matrix W, and no network of two layers by that name."""

import numpy as np

from trueport import reference

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import find_stored_arrays
from ...ports.user_code.view import AuthorNames, TargetView
from .construct import find_size, list_required
from .framework_models import import_ops, is_model
from .misspelt import find_misspelt_class
from .numpy_classes import NumPySimpleNet, choose_view
from .scores import CLOSE
from .spellings import CLASS_SPELLINGS, find_methods, rank_candidates


def choose_simple_net(view: TargetView, own: AuthorNames) -> None:
    """Take up the class that stands for SimpleNet, if the module has one."""
    names = [n for n in own.names() if isinstance(getattr(own.module, n), type)]
    for name in rank_candidates("SimpleNet", CLASS_SPELLINGS["SimpleNet"], names):
        if offer_simple_net(view, name, getattr(own.module, name)):
            return
    name = find_misspelt_class(view, own, "SimpleNet")
    if name and offer_simple_net(view, name, getattr(own.module, name)):
        view.notes.append(f"{name} was taken for SimpleNet")


def offer_simple_net(view: TargetView, name: str, cls: type) -> bool:
    """Take up a class for SimpleNet, its methods under the contract's names, if it is none else."""
    if is_other_network(view, cls):
        return False
    view.taken.add(name)
    methods = find_methods(cls, ("torch", "keras", "tensorflow"))
    spelling, own_view = methods.get("predict", "predict"), choose_view(cls, view)
    if spelling != "predict" and gives_probabilities(own_view, cls, spelling):
        del methods["predict"]
        view.notes.append(
            f"{name}.{spelling} gives probabilities, and the chapter's predict scores: not judged"
        )
    for wanted, spelling in methods.items():
        if wanted != spelling:
            view.aliases[f"SimpleNet.{wanted}"] = spelling
            if not hasattr(cls, wanted):
                setattr(cls, wanted, getattr(cls, spelling))
    view.names["SimpleNet"], view.methods["SimpleNet"] = cls, {key: key for key in methods}
    if own_view is not view:
        view.names["SimpleNet"] = lambda: NumPySimpleNet(view, cls(), methods)
        view.notes.append(f"{name} is written in NumPy, and was given its arrays")
    if name != "SimpleNet":
        view.aliases["SimpleNet"] = name
    return True


def gives_probabilities(view: TargetView, cls: type, name: str) -> bool:
    """Whether a method of a SimpleNet gives the softmax of its scores."""
    x = np.random.RandomState(1).randn(2).astype(view.dtype)
    try:
        made = cls()
        got = to_numpy(getattr(made, name)(view.array(x)))
        want = reference.softmax(x @ to_numpy(made.W))
    # what cannot be called so is no such thing
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False
    return got.size == want.size and np.allclose(got.reshape(want.shape), want, rtol=CLOSE)


def is_other_network(view: TargetView, cls: type) -> bool:
    """Whether a class by SimpleNet's name has no W and is a network of layers, or asks for sizes.

    What cannot be made, and says nothing of sizes, is a SimpleNet that fails.
    """
    if len([name for name in list_required(cls) if find_size(name) is not None]) > 1:
        return True
    try:
        made = cls()
    # whatever a constructor raises: the component says so
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False
    if hasattr(made, "W"):
        return False
    matrices = [array for array in find_stored_arrays(made) if len(array.shape) == 2]
    return is_model(cls, import_ops(view.framework.name)) or len(matrices) > 1
