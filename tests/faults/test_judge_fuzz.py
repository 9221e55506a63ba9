"""The judge on random input: right code is never called unfaithful, an error above ten budgets is.

TRUEPORT_FUZZ_EXAMPLES: how many examples the sweep makes in all, 20,000 if it is not set.

What is called right here is backward stable: other orders of a sum, wider sums, another layout in
memory, equal formulas that cancel no more than the reference's. These are equal on paper and left
out, because they lose digits that the reference keeps: the variance as E[x^2] - E[x]^2, the sum of
squares as |y|^2 - 2 y t + |t|^2, a softmax or a sum of exponentials without its maximum subtracted.
The sigmoid as (1 + tanh(x / 2)) / 2 or exp(log_sigmoid(x)) loses some in its tail: beside a user's
own reference it is within the budget all the same, and drawn; beside the chapter's it is beyond,
and `trueport check` accepts it as a right form afterwards (`causes/right_forms.py`).
"""

import ast
import math
import os
import types
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trueport import assert_faithful
from trueport.compare.chapter.functions import FUNCTIONS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.runner import CaseResult
from trueport.compare.functions.budget import compute_budget
from trueport.compare.functions.function_case import FunctionCase
from trueport.compare.functions.judge import Comparison, judge_function, make_entry
from trueport.compare.functions.spread import Budgeted
from trueport.compare.judging.compare import CaseEntry
from trueport.compare.judging.expected import Expected, expected_outputs
from trueport.compare.judging.judge import judge_component
from trueport.compare.judging.results import Verdict
from trueport.compare.rounding.instrument import make_proxies, prepare_tree
from trueport.compare.suite.case import Case

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


# -- the chapter's components ---------------------------------------------------------------------


def draw_labels(rng: np.random.Generator, n: int, k: int) -> np.ndarray:
    labels = rng.integers(0, k, n)
    return labels if rng.integers(2) else np.eye(k)[labels]


def draw_network(rng: np.random.Generator) -> dict[str, np.ndarray]:
    n, d, h, k = rng.integers(1, 9), rng.integers(1, 60), rng.integers(1, 12), rng.integers(2, 8)
    return {
        "W1": rng.standard_normal((d, h)) / np.sqrt(d),
        "b1": 0.5 * rng.standard_normal(h),
        "W2": rng.standard_normal((h, k)),
        "b2": 0.5 * rng.standard_normal(k),
        "x": rng.standard_normal((n, d)),
        "t": np.eye(k)[rng.integers(0, k, n)],
    }


def draw_inputs(component: str, rng: np.random.Generator) -> dict[str, Any]:
    n, k, scale = rng.integers(1, 20), rng.integers(2, 30), 10.0 ** rng.uniform(-2, 1.5)
    x = scale * rng.standard_normal((n, k)) + rng.choice([0.0, 100.0])
    if component.startswith("TwoLayerNet"):
        inputs = draw_network(rng)
        return {key: inputs[key] for key in inputs if key != "t" or "predict" not in component}
    if component in ("sigmoid", "softmax"):
        return {"x": x[0] if rng.integers(4) == 0 else x}
    if component == "numerical_diff":
        return {"f": "cubic", "x": rng.uniform(-2, 2, k)}
    e = np.exp(x - x.max(axis=1, keepdims=True))
    y = e / e.sum(axis=1, keepdims=True)
    one_hot = np.eye(k)[rng.integers(0, k, n)]
    return {"y": y, "t": one_hot if component == "sum_squares_error" else draw_labels(rng, n, k)}


def compute_sum_squares(a: Arithmetic, y: np.ndarray, t: np.ndarray) -> Any:
    d, half = y - t, a.dtype.type(0.5)
    return a.choose(
        lambda: half * a.total(d * d),
        lambda: a.total(d**2) / 2,
        lambda: a.total(half * d * d),
        lambda: half * np.dot(np.ravel(d), np.ravel(d)),
        lambda: half * np.linalg.norm(d) ** 2,
        lambda: half * a.total(a.total(d * d, 1)),
    )


def compute_cross_entropy(a: Arithmetic, y: np.ndarray, t: np.ndarray) -> Any:
    n, eps = a.dtype.type(len(y)), a.dtype.type(1e-7)
    labels = t if t.ndim == 1 else np.argmax(t, axis=1)
    hot = np.eye(y.shape[1], dtype=a.dtype)[labels]
    rows = np.arange(len(y))
    return a.choose(
        lambda: -a.total(hot * np.log(y + eps)) / n,
        lambda: -a.total(np.log(y[rows, labels] + eps)) / n,
        lambda: a.total(-np.log(y[rows, labels] + eps) / n),
        lambda: a.total(a.total(-hot * np.log(y + eps), 1)) / n,
        lambda: -a.total(np.log(a.total(hot * y, 1) + eps)) / n,
        lambda: -a.total(np.log2(y[rows, labels] + eps)) * a.dtype.type(math.log(2)) / n,
    )


def compute_gradient(a: Arithmetic, i: Mapping[str, np.ndarray]) -> dict[str, Any]:
    n, eps, one = a.dtype.type(len(i["x"])), a.dtype.type(1e-7), a.dtype.type(1)
    t = i["t"].astype(a.dtype)
    z = a.sigmoid(a.dot(i["x"], i["W1"]) + i["b1"])
    y = a.softmax(a.dot(z, i["W2"]) + i["b2"])
    yc = a.total(t * y, 1)[:, np.newaxis]
    share = yc / (yc + eps)
    r = t * y / (y + eps)
    da2 = a.choose(
        lambda: (y * a.total(r, 1)[:, np.newaxis] - r) / n,
        lambda: (y - t) * share / n,
        lambda: (y - t) * (share / n),
    )
    back = a.dot(da2, i["W2"].T)
    da1 = a.choose(lambda: back * z * (one - z), lambda: back * (z * (one - z)))
    return {
        "W1": a.dot(i["x"].T, da1),
        "b1": a.total(da1, 0),
        "W2": a.dot(z.T, da2),
        "b2": a.total(da2, 0),
    }


def compute_component(component: str, a: Arithmetic, i: Mapping[str, Any]) -> dict[str, Any]:
    """What a right port gives for inputs of its own dtype."""
    i = {key: a.lay_out(v) if isinstance(v, np.ndarray) else v for key, v in i.items()}
    if component == "numerical_diff":
        f, h = FUNCTIONS[i["f"]], a.dtype.type(1e-4)
        up, down = f(i["x"] + h), f(i["x"] - h)
        value = a.choose(lambda: (up - down) / (2 * h), lambda: (up - down) / h / 2)
        return {"value": value, "x afterwards": i["x"]}
    if component == "TwoLayerNet.gradient":
        return compute_gradient(a, i)
    if component.startswith("TwoLayerNet"):
        z = a.sigmoid(a.dot(i["x"], i["W1"]) + i["b1"])
        y = a.softmax(a.dot(z, i["W2"]) + i["b2"])
        return {"value": compute_cross_entropy(a, y, i["t"]) if "t" in i else y}
    own = {"sigmoid": a.sigmoid, "softmax": a.softmax}
    if component in own:
        return {"value": own[component](i["x"])}
    loss = compute_sum_squares if component == "sum_squares_error" else compute_cross_entropy
    return {"value": loss(a, i["y"], i["t"])}


FUZZED = (
    *("sigmoid", "softmax", "sum_squares_error", "cross_entropy_error", "numerical_diff"),
    *("TwoLayerNet.predict", "TwoLayerNet.loss", "TwoLayerNet.gradient"),
)
COMPONENTS = st.sampled_from(FUZZED)


def make_example(component: str, dtype: str, seed: int) -> CaseEntry:
    """A random case, its truth, and what a right port gives."""
    rng = np.random.default_rng(seed)
    case = Case(component, "drawn", draw_inputs(component, rng))
    truths = expected_outputs(CHAPTER, case, dtype)
    outputs = compute_component(component, Arithmetic(rng, dtype), case.rounded(dtype).inputs)
    arrays = {key: np.asarray(value) for key, value in outputs.items()}
    assert {array.dtype for array in arrays.values()} == {np.dtype(dtype)}
    return case, truths, CaseResult("ok", outputs=arrays)


def judge(dtype: str, *entries: CaseEntry) -> Verdict:
    return judge_component(CHAPTER, "port", dtype, entries[0][0].component, entries)


def check_right_component(component: str, dtype: str, seed: int) -> None:
    verdict = judge(dtype, make_example(component, dtype, seed))
    assert verdict.status == "faithful", verdict.message


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


def check_wrong_component(component: str, dtype: str, seed: int) -> None:
    case, truths, result = make_example(component, dtype, seed)
    rng = np.random.default_rng(seed)
    key = sorted(truths)[rng.integers(len(truths))]
    want, allowed = truths[key].want, np.broadcast_to(truths[key].allowed, truths[key].want.shape)
    got = move_one(rng, np.asarray(want, np.float64), allowed, np.ones(want.shape, bool))
    if got is not None:
        spoilt = replace(result, outputs=result.outputs | {key: got})
        verdict = judge(dtype, (case, truths, spoilt))
        assert verdict.status == "unfaithful"
        assert verdict.elements_over >= 1
        assert verdict.budget_used is not None
        assert verdict.budget_used > 10


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


def check_layout(component: str, dtype: str, seed: int, layout: str) -> None:
    case, truths, result = make_example(component, dtype, seed)
    rng = np.random.default_rng(seed)
    if rng.integers(2):  # a wrong one is as indifferent to it
        spoilt = {k: v * (1 + 1e-3 * rng.standard_normal()) for k, v in result.outputs.items()}
        result = replace(result, outputs={k: np.asarray(v, dtype) for k, v in spoilt.items()})

    def change(array: Any) -> np.ndarray:
        return seal(LAYOUTS[layout](np.asarray(array)))

    moved = {
        k: replace(t, want=change(t.want), allowed=change(t.allowed)) for k, t in truths.items()
    }
    other = replace(result, outputs={k: change(v) for k, v in result.outputs.items()})
    verdict = judge(dtype, (case, truths, result))
    assert judge(dtype, (case, moved, other)) == verdict


# -- functions of a reference of the user's own ---------------------------------------------------

MEAN = "np.mean({}, axis=1, keepdims=True)"
# a step of the reference, and what right code may do in its place
Step = tuple[str, Callable[[Arithmetic, Mapping[str, Any]], Any]]


def mean_rows(a: Arithmetic, x: np.ndarray) -> Any:
    return (a.total(x, 1) / a.dtype.type(x.shape[1]))[:, np.newaxis]


def normalise(a: Arithmetic, i: Mapping[str, Any]) -> Any:
    d = i["x"] - mean_rows(a, i["x"])
    root = np.sqrt(mean_rows(a, d * d) + a.dtype.type(1e-5))
    return a.choose(lambda: d / root, lambda: d * (1 / root))


def divide_by_rms(a: Arithmetic, i: Mapping[str, Any]) -> Any:
    root = np.sqrt(mean_rows(a, i["x"] ** 2) + a.dtype.type(1e-6))
    return a.choose(lambda: i["x"] / root, lambda: i["x"] * (1 / root))


def compute_sigmoid(a: Arithmetic, x: Any) -> Any:
    zero, half = a.dtype.type(0), a.dtype.type(0.5)
    return a.choose(
        lambda: a.sigmoid(x),
        lambda: np.exp(-np.logaddexp(zero, -x)),
        lambda: half + half * np.tanh(half * x),
    )


def add_exponentials(a: Arithmetic, i: Mapping[str, Any]) -> Any:
    m = np.max(i["x"], axis=1)
    return np.log(a.total(np.exp(i["x"] - m[:, np.newaxis]), 1)) + m


STEPS: tuple[Step, ...] = (
    ("x = 0.3 * x", lambda a, i: i["x"] * 0.3),
    ("x = x + 0.7", lambda a, i: 0.7 + i["x"]),
    ("x = x * x", lambda a, i: a.choose(lambda: i["x"] ** 2, lambda: np.square(i["x"]))),
    ("x = np.tanh(x)", lambda a, i: np.tanh(i["x"].astype(a.wide)).astype(a.dtype)),
    ("x = 1 / (1 + np.exp(-x))", lambda a, i: compute_sigmoid(a, i["x"])),
    (
        "x = np.maximum(x, 0)",
        lambda a, i: a.choose(
            lambda: np.where(i["x"] > 0, i["x"], 0),
            lambda: i["x"] * (i["x"] > 0),
            lambda: (i["x"] + np.abs(i["x"])) / 2,
        ),
    ),
    (f"x = x - {MEAN.format('x')}", lambda a, i: i["x"] - mean_rows(a, i["x"])),
    (
        f"x = (x - {MEAN.format('x')}) / np.sqrt(np.var(x, axis=1, keepdims=True) + 1e-5)",
        normalise,
    ),
    (f"x = x / np.sqrt({MEAN.format('x * x')} + 1e-6)", divide_by_rms),
    ("x = x @ w + v", lambda a, i: i["v"] + a.dot(i["x"], i["w"])),
    ("x = x + first", lambda a, i: i["first"] + i["x"]),
    (
        "x = np.exp(x - np.max(x, axis=1, keepdims=True))\n"
        "    x = x / np.sum(x, axis=1, keepdims=True)",
        lambda a, i: a.softmax(i["x"]),
    ),
)
ENDS: tuple[Step, ...] = (
    ("return x", lambda a, i: i["x"]),
    ("return np.sum(x, axis=0)", lambda a, i: a.total(i["x"], 0)),
    ("return np.mean(x)", lambda a, i: a.total(i["x"]) / a.dtype.type(i["x"].size)),
    ("return np.mean(x * x)", lambda a, i: a.total(i["x"] ** 2 / i["x"].size)),
    (
        "m = np.max(x, axis=1)\n    return np.log(np.sum(np.exp(x - m[:, None]), axis=1)) + m",
        add_exponentials,
    ),
)


def compile_reference(lines: list[str]) -> Callable[..., Any]:
    """A function as the process of a reference has it: fit for random rounding."""
    world = types.ModuleType("reference")
    vars(world).update(make_proxies(), np=make_proxies()["numpy"])
    text = "\n    ".join(["def f(x, w, v):", "first = x", *lines])
    exec(compile(prepare_tree(ast.parse(text)), "reference.py", "exec"), vars(world))
    found = vars(world)["f"]
    assert callable(found)
    return found


def make_function_example(
    dtype: str, seed: int
) -> tuple[FunctionCase, dict[str, Budgeted], np.ndarray, list[str]]:
    """A random function: its call, its budget, what right code gives, its lines."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 9), rng.integers(2, 20)
    steps = [STEPS[k] for k in rng.integers(0, len(STEPS), rng.integers(1, 5))]
    steps.append(ENDS[rng.integers(len(ENDS))])
    arrays = {
        "x": rng.standard_normal((n, m)) * 10.0 ** rng.uniform(-1.5, 0.7),
        "w": rng.standard_normal((m, m)) / np.sqrt(m),
        "v": rng.standard_normal(m),
    }
    case = FunctionCase("f", "drawn", arrays).round_to(dtype)
    lines = [line for line, _ in steps]
    found = compute_budget(compile_reference(lines), case, dtype)
    a, values = Arithmetic(rng, dtype), dict(case.arguments)
    values["first"] = values["x"]
    for _, compute in steps:
        values["x"] = np.asarray(compute(a, values))
        assert values["x"].dtype == dtype, lines
    return case, found, values["x"], lines


def judge_output(
    case: FunctionCase, found: Mapping[str, Budgeted], got: np.ndarray, dtype: str
) -> Verdict:
    parts = {"want": "want", "allowed": "allowed", "undecided": "undecided"}
    told = {f"{p}:{key}": getattr(one, p) for key, one in found.items() for p in parts}
    comparison = Comparison("f", dtype)
    result = CaseResult("ok", outputs={"result": got})
    comparison.entries.append(make_entry(case, CaseResult("ok", outputs=told), result, comparison))
    return judge_function("port", comparison)


def check_right_function(dtype: str, seed: int) -> None:
    case, found, got, lines = make_function_example(dtype, seed)
    verdict = judge_output(case, found, got, dtype)
    assert verdict.status == "faithful", ("; ".join(lines), verdict.message)


def check_wrong_function(dtype: str, seed: int) -> None:
    case, found, _, lines = make_function_example(dtype, seed)
    one = found["result"]
    got = move_one(np.random.default_rng(seed), one.want, one.allowed, ~one.undecided)
    if got is not None:
        assert judge_output(case, found, got, dtype).status == "unfaithful", "; ".join(lines)


def check_function_layout(dtype: str, seed: int, layout: str) -> None:
    case, found, got, _ = make_function_example(dtype, seed)
    verdict = judge_output(case, found, got, dtype)
    change = LAYOUTS[layout]
    moved = {
        key: Budgeted(
            *(seal(change(np.asarray(x))) for x in (one.want, one.allowed, one.undecided))
        )
        for key, one in found.items()
    }
    assert judge_output(case, moved, seal(change(got)), dtype) == verdict


# -- in `make test`, and at length ----------------------------------------------------------------

RIGHT, MANY_RIGHT = examples(0.4, 160)
WRONG, MANY_WRONG = examples(0.2, 60)
LAID, MANY_LAID = examples(0.05, 40)
OWN, MANY_OWN = examples(0.2, 60)
OWN_WRONG, MANY_OWN_WRONG = examples(0.1, 30)
OWN_LAID, MANY_OWN_LAID = examples(0.05, 20)
layouts = st.sampled_from(sorted(LAYOUTS))


@RIGHT
@given(COMPONENTS, DTYPES, SEEDS)
def test_right_code_of_the_chapter_is_never_unfaithful(component, dtype, seed):
    check_right_component(component, dtype, seed)


@WRONG
@given(COMPONENTS, DTYPES, SEEDS)
def test_one_element_off_by_ten_budgets_is_always_unfaithful(component, dtype, seed):
    check_wrong_component(component, dtype, seed)


@LAID
@given(COMPONENTS, DTYPES, SEEDS, layouts)
def test_the_verdict_does_not_depend_on_how_arrays_are_stored(component, dtype, seed, layout):
    check_layout(component, dtype, seed, layout)


@OWN
@given(DTYPES, SEEDS)
def test_right_code_of_a_random_function_is_never_unfaithful(dtype, seed):
    check_right_function(dtype, seed)


@OWN_WRONG
@given(DTYPES, SEEDS)
def test_one_element_of_a_random_function_off_by_ten_budgets_is_unfaithful(dtype, seed):
    check_wrong_function(dtype, seed)


@OWN_LAID
@given(DTYPES, SEEDS, layouts)
def test_a_random_functions_verdict_does_not_depend_on_storage(dtype, seed, layout):
    check_function_layout(dtype, seed, layout)


@pytest.mark.sweep
@MANY_RIGHT
@given(COMPONENTS, DTYPES, SEEDS)
def test_at_length_right_code_of_the_chapter_is_never_unfaithful(component, dtype, seed):
    check_right_component(component, dtype, seed)


@pytest.mark.sweep
@MANY_WRONG
@given(COMPONENTS, DTYPES, SEEDS)
def test_at_length_one_element_off_by_ten_budgets_is_unfaithful(component, dtype, seed):
    check_wrong_component(component, dtype, seed)


@pytest.mark.sweep
@MANY_LAID
@given(COMPONENTS, DTYPES, SEEDS, layouts)
def test_at_length_the_verdict_does_not_depend_on_storage(component, dtype, seed, layout):
    check_layout(component, dtype, seed, layout)


@pytest.mark.sweep
@MANY_OWN
@given(DTYPES, SEEDS)
def test_at_length_right_code_of_random_functions_is_never_unfaithful(dtype, seed):
    check_right_function(dtype, seed)


@pytest.mark.sweep
@MANY_OWN_WRONG
@given(DTYPES, SEEDS)
def test_at_length_an_element_of_random_functions_off_by_ten_budgets_is_unfaithful(dtype, seed):
    check_wrong_function(dtype, seed)


@pytest.mark.sweep
@MANY_OWN_LAID
@given(DTYPES, SEEDS, layouts)
def test_at_length_random_functions_verdicts_do_not_depend_on_storage(dtype, seed, layout):
    check_function_layout(dtype, seed, layout)


DRAWS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "nearly equal": lambda rng, n: 0.1 + 1e-3 * rng.random((1, n)),
    "of one sign": lambda rng, n: rng.random((1, n)),
    "of both signs": lambda rng, n: rng.standard_normal((1, n)),
}


@pytest.mark.parametrize("terms", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("draw", sorted(DRAWS))
def test_a_long_sum_one_by_one_in_float32_is_not_unfaithful(draw, terms):
    """Of 300,000 terms that are nearly equal it is: the rounding goes one way for too long."""
    x = DRAWS[draw](np.random.default_rng(terms), terms)
    call = FunctionCase("f", "drawn", {"x": x, "w": np.eye(2), "v": np.zeros(2)})
    call = call.round_to("float32")
    x = call.arguments["x"]
    found = compute_budget(compile_reference(["return np.mean(x)"]), call, "float32")
    mean = np.asarray(np.cumsum(x)[-1] / np.float32(terms))
    assert judge_output(call, found, mean, "float32").status == "faithful"
    case = Case("sum_squares_error", "drawn", {"y": x, "t": 0 * x})
    truths = expected_outputs(CHAPTER, case, "float32")
    got = np.asarray(np.float32(0.5) * np.cumsum(x * x)[-1])
    verdict = judge("float32", (case, truths, CaseResult("ok", outputs={"value": got})))
    assert verdict.status == "faithful"


# -- no elements ----------------------------------------------------------------------------------

EMPTY = np.zeros((0, 3))


@pytest.mark.parametrize(
    ("component", "inputs"),
    [
        ("sigmoid", (EMPTY,)),
        ("softmax", (EMPTY,)),
        ("sum_squares_error", (EMPTY, EMPTY)),
        ("cross_entropy_error", (EMPTY, EMPTY)),
    ],
)
def test_an_empty_batch_is_refused_with_a_sentence(component, inputs):
    with pytest.raises((AssertionError, ValueError), match="empty"):
        assert_faithful(EMPTY, component, *inputs)


def test_an_empty_output_is_never_a_pass():
    truths = {"value": Expected(EMPTY, EMPTY)}
    case = Case("softmax", "drawn", {"x": EMPTY})
    verdict = judge("float64", (case, truths, CaseResult("ok", outputs={"value": EMPTY})))
    assert (verdict.status, verdict.message) == ("unfaithful", "drawn: value is empty")


def test_a_function_of_an_empty_batch_is_not_compared_and_says_why():
    case = FunctionCase("f", "drawn", {"x": EMPTY, "w": np.eye(3), "v": np.zeros(3)})
    found = compute_budget(compile_reference(["return x @ w + v"]), case, "float64")
    verdict = judge_output(case, found, EMPTY, "float64")
    assert verdict.status == "not-comparable"
    assert not verdict.passed
    assert "no elements" in verdict.message
