"""Every input as data: the chapter's examples and generated ones that tell faults apart.

A case names a component and holds its inputs as NumPy arrays (float64, int64), numbers and names
of functions. Everything is drawn from one seed. Why the inputs look as they do: the sizes N, D, H,
K all differ (a mean over the wrong axis shows) except where they are all equal (a transposed
weight would otherwise raise instead of passing); probabilities of the true class run from 1e-2 to
1e-8 and 0 (an epsilon shows only there); logits and arguments reach the extremes; biases are not
zero; one sample stands beside a batch, integer labels beside one-hot ones.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from compare.contract import COMPONENTS, PARAMS

CASES_SEED = 20260
Value = np.ndarray | float | int | str | bool | None


@dataclass(frozen=True)
class Case:
    """One call: `component` of the contract on `inputs`; `id` is unique within the component.

    dtypes: those in which the case means anything.
    """

    component: str
    id: str
    inputs: Mapping[str, Value]
    dtypes: tuple[str, ...] = ("float64", "float32")

    def rounded(self, dtype: str) -> "Case":
        """The same case with its floating point arrays rounded to dtype and held in dtype."""
        inputs = {
            key: value.astype(dtype)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f"
            else value
            for key, value in self.inputs.items()
        }
        return replace(self, inputs=inputs)


def one_hot(t: np.ndarray, num_classes: int) -> np.ndarray:
    return np.eye(num_classes)[t]


def softmax_rows(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def activation_cases(rng: np.random.RandomState) -> Iterator[Case]:
    for component in ("sigmoid", "softmax"):
        yield Case(component, "one sample", {"x": np.array([0.3, 2.9, 4.0])})
        yield Case(component, "batch 4 x 7", {"x": 3.0 * rng.randn(4, 7)})
        yield Case(component, "batch 7 x 4", {"x": 3.0 * rng.randn(7, 4)})
        yield Case(component, "square 5 x 5", {"x": rng.randn(5, 5)})
        yield Case(component, "batch of one", {"x": rng.randn(1, 10)})
        yield Case(
            component,
            "large",
            {"x": np.array([[1010.0, 1000.0, 990.0], [-1000.0, -1001.0, -999.5]])},
        )
        yield Case(
            component,
            "wide",
            {"x": np.array([[0.0, -30.0, -60.0, 2.0], [80.0, 40.0, -80.0, 79.0]])},
        )
    yield Case("sigmoid", "grid", {"x": np.linspace(-40.0, 40.0, 81)})


EXAMPLE_T = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=np.float64)
EXAMPLE_Y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
EXAMPLE_Y_WRONG = np.array([0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0])


def loss_cases(rng: np.random.RandomState) -> Iterator[Case]:
    for component in ("sum_squares_error", "cross_entropy_error"):
        yield Case(component, "chapter, right", {"y": EXAMPLE_Y, "t": EXAMPLE_T})
        yield Case(component, "chapter, wrong", {"y": EXAMPLE_Y_WRONG, "t": EXAMPLE_T})
        for n, k in ((6, 4), (4, 6), (5, 5), (1, 10), (50, 10)):
            y = softmax_rows(2.0 * rng.randn(n, k))
            t = one_hot(rng.randint(k, size=n), k)
            yield Case(component, f"batch {n} x {k}", {"y": y, "t": t})
    yield Case(
        "sum_squares_error",
        "document 003",
        {"y": np.array([1.0, 2.0, 3.0]), "t": np.array([3.0, 4.0, 7.0])},
    )
    yield Case("sum_squares_error", "any numbers", {"y": rng.randn(3, 4), "t": rng.randn(3, 4)})
    name = "cross_entropy_error"
    yield Case(
        name, "document 003", {"y": np.array([0.0, 2, 3, 8, 9]), "t": np.array([3.0, 4, 7, 8, 9])}
    )
    yield Case(name, "one sample, label", {"y": EXAMPLE_Y, "t": np.array(2)})
    for n, k in ((6, 4), (5, 5), (1, 10)):
        y, t = softmax_rows(2.0 * rng.randn(n, k)), rng.randint(k, size=n)
        yield Case(name, f"batch {n} x {k}, labels", {"y": y, "t": t})
    for p in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 0.0):
        yield Case(name, f"p = {p:g}", small_probability(p))
    yield Case(name, "certain", {"y": np.eye(3), "t": np.eye(3)})
    yield Case(
        name,
        "rows that do not sum to one",
        {"y": 0.5 * softmax_rows(rng.randn(4, 5)), "t": one_hot(np.arange(4), 5)},
    )


def small_probability(p: float) -> dict[str, Value]:
    """Two samples, of which one is confidently wrong: its true class has probability p."""
    return {
        "y": np.array([[p, 1.0 - p, 0.0], [0.25, 0.25, 0.5]]),
        "t": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
    }


def derivative_cases(rng: np.random.RandomState) -> Iterator[Case]:
    name = "numerical_diff"
    for point in (5.0, 10.0):
        at = {"f": "function_1", "x": np.array(point)}
        yield Case(name, f"function_1 at {point:g}", at)
        # the chapter's h = 10e-50 is 0 in float32, and the quotient 0 / 0
        yield Case("forward_diff", f"function_1 at {point:g}", at, dtypes=("float64",))
    yield Case(name, "function_tmp1 at 3", {"f": "function_tmp1", "x": np.array(3.0)})
    yield Case(name, "function_tmp2 at 4", {"f": "function_tmp2", "x": np.array(4.0)})
    yield Case(name, "100 points", {"f": "function_1", "x": np.linspace(-1.0, 1.0, 100)})
    yield Case(name, "cubic", {"f": "cubic", "x": np.array([-1.5, -0.25, 0.5, 2.0])})
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
    yield Case(name, "matrix", {"f": "coupled_matrix", "x": rng.randn(2, 3)})

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
    yield Case(
        name, "narrow valley", {"f": "narrow_valley", "init_x": start, "lr": 0.02, "step_num": 10}
    )


def network(rng: np.random.RandomState, d: int, h: int, k: int, std: float = 1.0) -> dict[str, Any]:
    """Parameters of a two-layer net with biases that are not zero."""
    return {
        "W1": std * rng.randn(d, h),
        "b1": 0.5 * rng.randn(h),
        "W2": std * rng.randn(h, k),
        "b2": 0.5 * rng.randn(k),
    }


def network_inputs(rng: np.random.RandomState) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, params and x and integer labels t) of the networks that every method is tried on."""
    for n, d, h, k in ((7, 6, 5, 4), (5, 5, 5, 5), (1, 4, 6, 3)):
        yield (
            f"{d}-{h}-{k}, N = {n}",
            network(rng, d, h, k)
            | {
                "x": rng.randn(n, d),
                "t": rng.randint(k, size=n),
            },
        )
    steep = network(rng, 3, 2, 3) | {"W2": np.array([[4.0, -4.0, 0.5], [-3.0, 3.0, 1.0]])}
    # a gradient of order one: the only kind that a difference quotient in float32 can see
    yield "steep", steep | {"x": rng.randn(2, 3), "t": np.array([1, 2])}
    params = network(rng, 4, 5, 3)
    params["b2"] = np.array([0.0, 7.0, 14.0])
    yield "confidently wrong", params | {"x": rng.randn(4, 4), "t": np.array([0, 1, 0, 0])}


def network_cases(rng: np.random.RandomState) -> Iterator[Case]:
    W = np.array([[1.78188867, -1.60339216, -1.83076049], [-0.27388719, 0.9192118, -0.79033481]])
    x, t = np.array([0.6, 0.9]), np.array([0.0, 0.0, 1.0])
    batch = {"W": rng.randn(2, 3), "x": rng.randn(5, 2), "t": rng.randint(3, size=5)}
    yield Case("SimpleNet.predict", "document 004", {"W": W, "x": x})
    yield Case("SimpleNet.predict", "batch", {"W": batch["W"], "x": batch["x"]})
    for component in ("SimpleNet.loss", "SimpleNet gradient"):
        yield Case(component, "document 004", {"W": W, "x": x, "t": t})
        yield Case(component, "batch", batch)

    for case, i in network_inputs(rng):
        k = i["W2"].shape[1]
        hot = i | {"t": one_hot(i["t"], k)}
        yield Case("TwoLayerNet.predict", case, {key: i[key] for key in (*PARAMS, "x")})
        for component in ("loss", "accuracy", "gradient", "numerical_gradient"):
            yield Case(f"TwoLayerNet.{component}", case, hot)
            if component != "numerical_gradient":
                yield Case(f"TwoLayerNet.{component}", f"{case}, labels", i)

    # the chapter's own size and initial weights, on inputs that look like digits: mostly zero
    digits = np.where(rng.rand(100, 784) < 0.19, rng.rand(100, 784), 0.0)
    full = network(rng, 784, 50, 10, std=0.01) | {
        "x": digits,
        "t": one_hot(rng.randint(10, size=100), 10),
    }
    yield Case("TwoLayerNet.predict", "784-50-10", {key: full[key] for key in (*PARAMS, "x")})
    for component in ("loss", "accuracy", "gradient"):
        yield Case(f"TwoLayerNet.{component}", "784-50-10", full)


def update_cases(rng: np.random.RandomState) -> Iterator[Case]:
    for component, steps in (("one update", 1), ("two updates", 2)):
        for d, h, k in ((6, 5, 4), (5, 5, 5)):
            yield Case(
                component,
                f"{d}-{h}-{k}",
                network(rng, d, h, k)
                | {
                    "x_train": rng.randn(12, d),
                    "t_train": one_hot(rng.randint(k, size=12), k),
                    "batch_masks": rng.randint(12, size=(steps, 7)),
                    "learning_rate": 0.1,
                },
            )


def data_cases(source: str, train_size: int, test_size: int, seed: int) -> Iterator[Case]:
    """Loading in the forms that the chapter uses, on a sample of rows and the last of each set."""
    rng = np.random.RandomState(seed)
    rows = {
        f"{name}_rows": np.append(rng.choice(size, 20), size - 1)
        for name, size in (("train", train_size), ("test", test_size))
    }
    for normalize, flatten, one_hot_label in (
        (True, True, True),
        (True, True, False),
        (False, False, False),
    ):
        yield Case(
            "load_mnist",
            f"normalize={normalize}, flatten={flatten}, one_hot_label={one_hot_label}",
            rows
            | {
                "normalize": normalize,
                "flatten": flatten,
                "one_hot_label": one_hot_label,
                "source": source,
            },
        )


GENERATORS = (activation_cases, loss_cases, derivative_cases, network_cases, update_cases)


def all_cases(seed: int = CASES_SEED) -> list[Case]:
    """Every case that needs no data set, in the order of the contract's components."""
    cases = [case for make in GENERATORS for case in make(np.random.RandomState(seed))]
    order = list(COMPONENTS)
    return sorted(cases, key=lambda case: order.index(case.component))


def save_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """np.savez for names that are not identifiers, which its own signature does not foresee."""
    np.savez(path, **arrays)  # type: ignore[arg-type]


def save_cases(cases: list[Case], folder: Path) -> None:
    """Write inputs.npz and index.json: what a port in any language needs to take part."""
    arrays: dict[str, np.ndarray] = {}
    index = []
    for number, case in enumerate(cases):
        inputs: dict[str, Any] = {}
        for key, value in case.inputs.items():
            if isinstance(value, np.ndarray):
                inputs[key] = {"array": f"{number:04d}/{key}"}
                arrays[f"{number:04d}/{key}"] = value
            else:
                inputs[key] = value
        index.append(
            {
                "number": number,
                "component": case.component,
                "case": case.id,
                "dtypes": case.dtypes,
                "inputs": inputs,
            }
        )
    folder.mkdir(parents=True, exist_ok=True)
    save_arrays(folder / "inputs.npz", arrays)
    record = {"schema": "trueport/cases/1", "cases": index}
    (folder / "index.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def load_cases(folder: Path) -> list[Case]:
    """The cases that `save_cases` wrote."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    with np.load(folder / "inputs.npz", allow_pickle=False) as npz:
        return [
            Case(
                item["component"],
                item["case"],
                {
                    key: npz[value["array"]] if isinstance(value, dict) else value
                    for key, value in item["inputs"].items()
                },
                tuple(item["dtypes"]),
            )
            for item in index["cases"]
        ]
