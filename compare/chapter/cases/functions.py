"""Cases of the functions: activations, losses, numerical differentiation."""

from collections.abc import Iterator

import numpy as np

from trueport import reference

from ...suite.case import Case, CaseValue
from ..forms import (
    ARRAYS,
    BATCH,
    INTEGER_ROW,
    INTEGER_ROWS,
    LABELS,
    MATRIX,
    ONE_LABEL,
    ONE_SAMPLE,
)


def compute_softmax_rows(x: np.ndarray) -> np.ndarray:
    """Return the softmax of each row."""
    e: np.ndarray = np.exp(x - x.max(axis=-1, keepdims=True))
    e /= e.sum(axis=-1, keepdims=True)
    return e


def generate_activation_cases(rng: np.random.RandomState) -> Iterator[Case]:
    """Yield the cases of sigmoid and softmax."""
    for component in ("sigmoid", "softmax"):
        yield Case(component, "one sample", {"x": np.array([0.3, 2.9, 4.0])}, form=ONE_SAMPLE)
        yield Case(component, "batch 4 x 7", {"x": 3.0 * rng.randn(4, 7)}, form=BATCH)
        yield Case(component, "batch 7 x 4", {"x": 3.0 * rng.randn(7, 4)}, form=BATCH)
        yield Case(component, "square 5 x 5", {"x": rng.randn(5, 5)}, form=BATCH)
        yield Case(component, "batch of one", {"x": rng.randn(1, 10)}, form=BATCH)
        yield Case(
            component,
            "large",
            {"x": np.array([[1010.0, 1000.0, 990.0], [-1000.0, -1001.0, -999.5]])},
            form=BATCH,
        )
        yield Case(
            component,
            "wide",
            {"x": np.array([[0.0, -30.0, -60.0, 2.0], [80.0, 40.0, -80.0, 79.0]])},
            form=BATCH,
        )
    # a batch may have its maxima subtracted, and one sample something else, or nothing: the second
    # is no trouble to exp itself
    for name, scores in (
        ("large", (1010.0, 1000.0, 990.0)),
        ("half as large", (500.0, 400.0, 450.0)),
    ):
        one: dict[str, CaseValue] = {"x": np.array(scores)}
        yield Case("softmax", f"{name}, one sample", one, form=ONE_SAMPLE)
    yield Case("sigmoid", "grid", {"x": np.linspace(-40.0, 40.0, 81)})


EXAMPLE_T = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=np.float64)
EXAMPLE_Y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
EXAMPLE_Y_WRONG = np.array([0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0])


def generate_loss_cases(rng: np.random.RandomState) -> Iterator[Case]:
    """Yield the cases of the two losses."""
    for component in ("sum_squares_error", "cross_entropy_error"):
        for name, y in (("right", EXAMPLE_Y), ("wrong", EXAMPLE_Y_WRONG)):
            inputs: dict[str, CaseValue] = {"y": y, "t": EXAMPLE_T}
            yield Case(component, f"chapter, {name}", inputs, form=ONE_SAMPLE)
        for n, k in ((6, 4), (4, 6), (5, 5), (1, 10), (50, 10)):
            y = compute_softmax_rows(2.0 * rng.randn(n, k))
            t = reference.one_hot(rng.randint(k, size=n), k)
            yield Case(component, f"batch {n} x {k}", {"y": y, "t": t}, form=BATCH)
    yield Case(
        "sum_squares_error",
        "document 003",
        {"y": np.array([1.0, 2.0, 3.0]), "t": np.array([3.0, 4.0, 7.0])},
        form=ONE_SAMPLE,
    )
    yield Case(
        "sum_squares_error", "any numbers", {"y": rng.randn(3, 4), "t": rng.randn(3, 4)}, form=BATCH
    )
    name = "cross_entropy_error"
    one_label: dict[str, CaseValue] = {"y": EXAMPLE_Y, "t": np.array(2)}
    yield Case(name, "one sample, label", one_label, form=ONE_LABEL)
    for n, k in ((6, 4), (5, 5), (1, 10)):
        y, t = compute_softmax_rows(2.0 * rng.randn(n, k)), rng.randint(k, size=n)
        yield Case(name, f"batch {n} x {k}, labels", {"y": y, "t": t}, form=LABELS)
    for p in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 0.0):
        yield Case(name, f"p = {p:g}", make_improbable_inputs(p), form=BATCH)
    yield from generate_label_cases()
    rows = np.eye(4, dtype=np.int64)[[2, 0, 3]]
    y = np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1]])
    whole: dict[str, CaseValue] = {"y": EXAMPLE_Y, "t": EXAMPLE_T.astype(np.int64)}
    yield Case(name, "chapter, integers", whole, form=INTEGER_ROW)
    yield Case(name, "batch 3 x 4, integers", {"y": y, "t": rows}, form=INTEGER_ROWS)
    yield Case(name, "certain", {"y": np.eye(3), "t": np.eye(3)}, form=BATCH)
    yield Case(
        name,
        "rows that do not sum to one",
        {"y": 0.5 * compute_softmax_rows(rng.randn(4, 5)), "t": reference.one_hot(np.arange(4), 5)},
        form=BATCH,
    )


def generate_short_descents() -> Iterator[Case]:
    """Yield descents of a step or two: in more, rounding may move each of them by any amount."""
    away, start, near = np.array([1.5, -0.75, 2.0]), np.array([-3.0, 4.0]), np.array([1e-7, -2e-7])
    for name, f, x, lr, steps in (
        ("one step of lr = 0.3", "coupled", away, 0.3, 1),
        ("two steps of lr = 0.05", "coupled", away, 0.05, 2),
        ("two steps of lr = 10", "function_2", start, 10.0, 2),
        ("two steps next to the minimum", "function_2", near, 0.1, 2),
    ):
        inputs: dict[str, CaseValue] = {"f": f, "init_x": x, "lr": lr, "step_num": steps}
        yield Case("gradient_descent", name, inputs)


def generate_label_cases() -> Iterator[Case]:
    """Yield labels as numbers for ten classes, which a loss may have written into it."""
    rng = np.random.RandomState(10)
    labels = rng.randint(10, size=50)
    y = compute_softmax_rows(2.0 * rng.randn(50, 10))
    name = "cross_entropy_error"
    yield Case(name, "batch 50 x 10, labels", {"y": y, "t": labels}, form=LABELS)
    improbable = np.array([1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 0.0])
    y = np.repeat((1.0 - improbable)[:, np.newaxis] / 9.0, 10, axis=1)
    y[np.arange(8), labels[:8]] = improbable
    yield Case(name, "improbable, labels", {"y": y, "t": labels[:8]}, form=LABELS)


def generate_refusal_cases(rng: np.random.RandomState) -> Iterator[Case]:
    """Yield inputs that a port must refuse, or treat as they are meant."""
    y, t = compute_softmax_rows(rng.randn(3, 4)), np.array([0, 4, 1])
    right = reference.one_hot(np.array([0, 3, 1]), 4)
    integers: dict[str, CaseValue] = {"x": np.array([3, 4]), "as floats": np.array([3.0, 4.0])}
    column = rng.randn(6, 1)
    for component, case, form, inputs in (
        (
            "label out of range",
            "class 4 of 4",
            "a label outside the classes",
            {"y": y, "t": t, "right t": right},
        ),
        (
            "integer input",
            "function_2 at (3, 4)",
            "an integer array",
            {"f": "function_2"} | integers,
        ),
        (
            "column against row",
            "6 x 1 against 6",
            "(N, 1) against (N,)",
            {"y": column, "t": rng.randn(6), "right t": rng.randn(6, 1)},
        ),
        (
            "column of labels",
            "3 x 1",
            "labels of shape (N, 1)",
            {"t": np.array([[3], [7], [3]]), "right t": np.array([3, 7, 3])},
        ),
    ):
        yield Case(component, case, inputs, form=form, promised=False)


def make_improbable_inputs(p: float) -> dict[str, CaseValue]:
    """Two samples, of which one is confidently wrong: its true class has probability p."""
    return {
        "y": np.array([[p, 1.0 - p, 0.0], [0.25, 0.25, 0.5]]),
        "t": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
    }


def generate_derivative_cases(rng: np.random.RandomState) -> Iterator[Case]:
    """Yield the cases of differentiation and descent."""
    name = "numerical_diff"
    for point in (5.0, 10.0):
        at: dict[str, CaseValue] = {"f": "function_1", "x": np.array(point)}
        yield Case(name, f"function_1 at {point:g}", at)
        # the chapter's h = 10e-50 is 0 in float32, and the quotient 0 / 0
        yield Case("forward_diff", f"function_1 at {point:g}", at, dtypes=("float64",))
    yield Case(name, "function_tmp1 at 3", {"f": "function_tmp1", "x": np.array(3.0)})
    yield Case(name, "function_tmp2 at 4", {"f": "function_tmp2", "x": np.array(4.0)})
    for case, f, x in (
        ("100 points", "function_1", np.linspace(-1.0, 1.0, 100)),
        ("cubic", "cubic", np.array([-1.5, -0.25, 0.5, 2.0])),
    ):
        yield Case(name, case, {"f": f, "x": x}, form=ARRAYS)
    yield Case(
        "forward_diff",
        "a sensible step",
        {"f": "cubic", "x": np.array([-1.5, 0.5, 2.0]), "h": 0.0078125},
    )
    x = np.array([3.0, 4.0])
    for idx in (0, 1):
        yield Case("partial_diff", f"function_2, x{idx}", {"f": "function_2", "x": x, "idx": idx})
    yield Case(
        "partial_diff", "coupled, x1", {"f": "coupled", "x": np.array([1.5, -0.75, 2.0]), "idx": 1}
    )

    name = "numerical_gradient"
    for x0, x1 in ((3.0, 4.0), (0.0, 2.0), (3.0, 0.0)):
        yield Case(
            name, f"function_2 at ({x0:g}, {x1:g})", {"f": "function_2", "x": np.array([x0, x1])}
        )
    yield Case(name, "coupled", {"f": "coupled", "x": np.array([1.5, -0.75, 2.0])})
    yield Case(name, "matrix", {"f": "coupled_matrix", "x": rng.randn(2, 3)}, form=MATRIX)

    name, start = "gradient_descent", np.array([-3.0, 4.0])
    for lr in (0.1, 1e-10):
        yield Case(
            name,
            f"chapter, lr = {lr:g}",
            {"f": "function_2", "init_x": start, "lr": lr, "step_num": 100},
        )
    yield Case(
        name,
        "three steps of lr = 10",
        {"f": "function_2", "init_x": start, "lr": 10.0, "step_num": 3},
    )
    yield from generate_short_descents()
    yield Case(
        name, "narrow valley", {"f": "narrow_valley", "init_x": start, "lr": 0.02, "step_num": 10}
    )
