"""Right code drawn at random: sums and products in any order, arrays stored in any way.

TRUEPORT_FUZZ_EXAMPLES: how many examples the sweeps make in all, 20,000 if it is not set.
"""

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

SWEEP = int(os.environ.get("TRUEPORT_FUZZ_EXAMPLES", "20000"))
SEEDS, DTYPES = st.integers(0, 2**63 - 1), st.sampled_from(("float64", "float32"))
BEYOND = (10.001, 1e6)  # budgets by which one element is moved
WIDER = {"float32": np.float64, "float64": np.longdouble}


def examples(share: float, quick: int) -> tuple[settings, settings]:
    """The settings of a test in `make test`, and in the sweep, of which it has a share."""
    fixed = settings(derandomize=True, deadline=None, database=None)
    return settings(fixed, max_examples=quick), settings(fixed, max_examples=int(share * SWEEP))


class Arithmetic:
    """Sums and products as right code may do them: each call in an order and a width of its own."""

    def __init__(self, rng: np.random.Generator, dtype: str) -> None:
        self.rng, self.dtype = rng, np.dtype(dtype)
        self.wide = WIDER[dtype]

    def choose(self, *forms: Callable[[], Any]) -> Any:
        return forms[self.rng.integers(len(forms))]()

    def lay_out(self, x: np.ndarray) -> np.ndarray:
        """The same numbers, stored in another way."""
        doubled = np.repeat(x, 2, axis=-1) if x.ndim else x
        return self.choose(
            lambda: x,
            lambda: np.asfortranarray(x),
            lambda: doubled[..., ::2] if x.ndim else x,
            lambda: x[::-1].copy()[::-1] if x.ndim else x,
        )

    def total(self, x: np.ndarray, axis: int | None = None) -> Any:
        x = np.ravel(x) if axis is None else np.moveaxis(x, axis, 0)
        x = x[self.rng.permutation(len(x))]
        cuts = np.sort(self.rng.integers(0, len(x) + 1, self.rng.integers(0, 5)))
        found = self.choose(
            lambda: np.sum(x, axis=0),
            lambda: np.cumsum(x, axis=0)[-1],
            lambda: np.sum([np.sum(part, axis=0) for part in np.split(x, cuts)], axis=0),
            lambda: self.halve(x),
            lambda: np.sum(x, axis=0, dtype=self.wide),
            lambda: np.apply_along_axis(math.fsum, 0, x),
        )
        return np.asarray(found).astype(self.dtype)[()]

    def halve(self, x: np.ndarray) -> Any:
        if len(x) == 1:
            return x[0]
        return self.halve(x[: len(x) // 2]) + self.halve(x[len(x) // 2 :])

    def dot(self, a: np.ndarray, b: np.ndarray) -> Any:
        order = self.rng.permutation(len(b))
        cuts = np.sort(self.rng.integers(0, len(b) + 1, self.rng.integers(0, 4)))
        a, b = self.lay_out(a[..., order]), self.lay_out(b[order])
        parts = zip(np.split(a, cuts, axis=-1), np.split(b, cuts), strict=True)
        found = self.choose(
            lambda: a @ b,
            lambda: (b.T @ a.T).T,
            lambda: np.einsum("...k,kj->...j", a, b),
            lambda: np.cumsum(a[..., :, np.newaxis] * b, axis=-2)[..., -1, :],
            lambda: sum(one @ other for one, other in parts),
            lambda: a.astype(self.wide) @ b.astype(self.wide),
        )
        return np.asarray(found).astype(self.dtype)

    def sigmoid(self, x: Any) -> Any:
        with np.errstate(over="ignore"):
            e = np.exp(-np.abs(x))
            return self.choose(
                lambda: 1 / (1 + np.exp(-x)),
                lambda: np.where(x >= 0, 1 / (1 + e), e / (1 + e)),
                lambda: np.where(x >= 0, 1, e) * (1 / (1 + e)),
                lambda: (1 / (1 + np.exp(-x.astype(self.wide)))).astype(self.dtype),
            )

    def softmax(self, x: np.ndarray) -> np.ndarray:
        shifted = x - np.max(x, axis=-1, keepdims=True)
        e = np.exp(shifted)
        s = self.total(e, -1)[..., np.newaxis]
        return self.choose(
            lambda: e / s,
            lambda: e * (1 / s),
            lambda: np.exp(shifted - np.log(s)),
            lambda: (e.T / s.T).T,
            lambda: np.exp(shifted - self.dtype.type(0.25)) / (s * np.exp(self.dtype.type(-0.25))),
        )


def move_one(
    rng: np.random.Generator, want: np.ndarray, allowed: np.ndarray, free: np.ndarray
) -> np.ndarray | None:
    """The right values but for one, moved by more than ten budgets; None if none can be."""
    where = np.argwhere(np.isfinite(want) & np.isfinite(allowed) & free)
    if not len(where):
        return None
    index = tuple(where[rng.integers(len(where))])
    got = np.array(want, np.float64)
    times = 10 ** rng.uniform(*np.log10(BEYOND)) * rng.choice([-1.0, 1.0])
    got[index] += times * allowed[index]
    while not abs(got[index] - want[index]) > 10 * allowed[index]:  # of 0, or lost in rounding
        got[index] = np.nextafter(got[index], np.copysign(np.inf, times))
    return got


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "transposed": lambda x: x.T.copy().T,
    "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x,
    "backwards": lambda x: x[::-1].copy()[::-1] if x.ndim else x,
    "swapped bytes": lambda x: x.astype(x.dtype.newbyteorder()),
    "not aligned": lambda x: np.frombuffer(b"\0" + x.tobytes(), x.dtype, offset=1).reshape(x.shape),
    "inside others": lambda x: np.stack([x, x], axis=-1)[..., 0],
}


def seal(array: Any) -> np.ndarray:
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


layouts = st.sampled_from(sorted(LAYOUTS))
DRAWS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "nearly equal": lambda rng, n: 0.1 + 1e-3 * rng.random((1, n)),
    "of one sign": lambda rng, n: rng.random((1, n)),
    "of both signs": lambda rng, n: rng.standard_normal((1, n)),
}
