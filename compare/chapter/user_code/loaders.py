"""A user's loader of the digits, whatever form it gives them in."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from trueport import reference

from ...ports.frameworks import to_numpy
from ...ports.user_code.errors import NotComparableError
from ...suite.case import Case
from . import book_functions

FORMS = ("normalize", "flatten", "one_hot_label")  # the contract's keywords but for the source
Sets = tuple[tuple[Any, Any], tuple[Any, Any]]
ADVICE = (
    "a check compares digits that it hands out through keras.datasets.mnist, torchvision, "
    "fetch_openml and the book's dataset.mnist"
)


class AdaptedLoader:
    """load_mnist(normalize, flatten, one_hot_label, source) of a loader that takes less.

    raw: whether its pixels are whole numbers, where it does not let itself be asked; else None.
    """

    def __init__(self, load: Callable[..., Any], keywords: list[str]) -> None:
        self.load, self.keywords = load, keywords
        self.raw: bool | None = None
        self.kept: dict[tuple[Any, ...], Sets] = {}
        if "normalize" not in keywords:
            self.raw = self.find_raw()

    def find_raw(self) -> bool | None:
        """Return whether the pixels of both sets are whole numbers; None where nothing comes."""
        try:
            sets = self.read({})
        # whatever it raises it raises again when it is judged, and then it is the finding
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            return None
        return all(x.dtype.kind in "iu" for x, _ in sets)

    def is_asked(self, case: Case) -> bool:
        """Whether a case can be asked: of pixels in the one form that there is."""
        if case.component != "load_mnist" or self.raw is None:
            return True
        return self.raw != case.inputs["normalize"]

    def __call__(self, source: str, **forms: bool) -> Sets:
        """Return the sets in the contract's form, but for what the loader was asked for."""
        given = {key: value for key, value in forms.items() if key in self.keywords}
        train, test = (self.convert(x, t, forms, given) for x, t in self.read(given))
        return train, test

    def convert(
        self, x: np.ndarray, t: np.ndarray, forms: dict[str, bool], given: dict[str, bool]
    ) -> tuple[Any, Any]:
        """Return a set with the shapes and labels that were not asked for as forms has them."""
        if "flatten" not in given:
            x = x.reshape(len(x), *((784,) if forms["flatten"] else (1, 28, 28)))
        if "one_hot_label" not in given:
            t = t.reshape(len(t), -1)
            t = t.argmax(axis=1) if t.shape[1] > 1 else t[:, 0].astype(int)
            t = np.eye(10)[t] if forms["one_hot_label"] else t
        return x, t

    def read(self, given: dict[str, bool]) -> Sets:
        """Return what the loader gives, its rows in the order of the embedded digits."""
        key = tuple(given.items())
        if key not in self.kept:
            sets = split_sets(self.load(**given))
            if not book_functions.count_reads():
                raise NotComparableError(f"it reads digits of its own: {ADVICE}")
            digits = reference.read_mnist("embedded")
            train = pick_rows(*sets[0], digits.x_train)
            self.kept[key] = train, pick_rows(*sets[1], digits.x_test)
        return self.kept[key]


def split_sets(found: Any) -> Sets:
    """Return ((x, t), (x, t)) of what a loader returns. Raises NotComparableError if it is other.

    >>> x, t = np.zeros((2, 784)), np.zeros(2)
    >>> [len(part) for part in split_sets((x, x, t, t))]
    [2, 2]
    """
    parts = found if isinstance(found, list | tuple) else ()
    if len(parts) == 2 and all(isinstance(p, list | tuple) and len(p) == 2 for p in parts):
        (x_train, t_train), (x_test, t_test) = parts
    elif len(parts) == 4:
        x_train, t_train, x_test, t_test = parts
        if np.shape(x_train)[1:] == np.shape(t_train)[1:]:  # as train_test_split has them
            t_train, x_test = x_test, t_train
    else:
        kind = f"{type(found).__name__}{f' of {len(parts)}' if parts else ''}"
        raise NotComparableError(
            f"it must return ((x_train, t_train), (x_test, t_test)) to be judged (got {kind})"
        )
    read = [to_numpy(part) for part in (x_train, t_train, x_test, t_test)]
    return (read[0], read[1]), (read[2], read[3])


def pick_rows(x: np.ndarray, t: np.ndarray, digits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return as many rows as there are digits, in their order if all of them can be found.

    digits: (N, 28, 28), which the loader has got repeated, and may have shuffled.
    """
    if len(x) < len(digits) or len(x) != len(t):
        raise NotComparableError(
            f"it must give the whole of both sets to be judged (got {len(x)} pictures and {len(t)} "
            "labels of one)"
        )
    wanted, got = mark_ink(digits), mark_ink(x)
    if got[: len(wanted)] != wanted:
        places = {ink: row for row, ink in reversed(list(enumerate(got)))}
        rows = [places[ink] for ink in wanted if ink in places]
        if len(rows) == len(wanted):
            return x[rows], t[rows]
    return x[: len(digits)].copy(), t[: len(digits)].copy()  # or all of it would stay


def mark_ink(x: np.ndarray) -> list[bytes]:
    """Return for each picture where there is ink: the same whatever the pixels were divided by."""
    flat = x.reshape(len(x), -1)
    return [row.tobytes() for row in np.packbits(flat > flat.min(), axis=1)]


def adapt_loader(load: Callable[..., Any]) -> AdaptedLoader | Callable[..., Any] | None:
    """Return a loader as the contract calls it; None if it takes what nobody can give."""
    try:
        own = inspect.signature(load).parameters
    except (TypeError, ValueError):
        return None
    if all(name in own for name in (*FORMS, "source")):
        return load
    required = [
        p.name
        for p in own.values()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    if set(required) - set(FORMS):
        return None
    return AdaptedLoader(load, [name for name in FORMS if name in own])
