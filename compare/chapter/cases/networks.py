"""Cases of the networks: forward, gradients, updates, short trainings."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from trueport import reference

from ...suite.case import Case, CaseValue
from ..adapters import PARAMS
from ..forms import LABELS, ONE_SAMPLE

BOTH_DTYPES = ("float64", "float32")
ZERO_PROBABILITY = "probability 0"
# In float32 scores of 900 are so coarse that no hypothesis about what lies beyond can be told.
ZERO_PROBABILITY_DTYPES = ("float64",)


def make_network_params(
    rng: np.random.RandomState, d: int, h: int, k: int, std: float = 1.0
) -> dict[str, Any]:
    """Parameters of a two-layer net with biases that are not zero."""
    return {
        "W1": std * rng.randn(d, h),
        "b1": 0.5 * rng.randn(h),
        "W2": std * rng.randn(h, k),
        "b2": 0.5 * rng.randn(k),
    }


def generate_network_inputs(rng: np.random.RandomState) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, params and x and integer labels t) of the networks that every method is tried on."""
    for n, d, h, k in ((7, 6, 5, 4), (5, 5, 5, 5), (1, 4, 6, 3)):
        yield (
            f"{d}-{h}-{k}, N = {n}",
            make_network_params(rng, d, h, k)
            | {
                "x": rng.randn(n, d),
                "t": rng.randint(k, size=n),
            },
        )
    steep = make_network_params(rng, 3, 2, 3) | {
        "W2": np.array([[4.0, -4.0, 0.5], [-3.0, 3.0, 1.0]])
    }
    # a gradient of order one: the only kind that a difference quotient in float32 can see
    yield "steep", steep | {"x": rng.randn(2, 3), "t": np.array([1, 2])}
    params = make_network_params(rng, 4, 5, 3)
    params["b2"] = np.array([0.0, 7.0, 14.0])
    far = make_network_params(rng, 4, 5, 3) | {"b2": np.array([0.0, 400.0, 900.0])}
    # the true class has probability 0: log(0), a fused loss and a clipped one part here
    yield ZERO_PROBABILITY, far | {"x": rng.randn(3, 4), "t": np.array([0, 1, 2])}
    yield "confidently wrong", params | {"x": rng.randn(4, 4), "t": np.array([0, 1, 0, 0])}


def make_label_case(
    method: str, case: str, inputs: dict[str, Any], dtypes: tuple[str, ...]
) -> Case:
    """Make a case with labels as numbers.

    The chapter's loss takes them; its accuracy, and the (y - t) / N of its gradient, do not.
    """
    promised = method == "loss"
    return Case(f"TwoLayerNet.{method}", f"{case}, labels", inputs, dtypes, LABELS, promised)


def generate_network_cases(rng: np.random.RandomState) -> Iterator[Case]:
    """Yield the cases of the two networks."""
    W = np.array([[1.78188867, -1.60339216, -1.83076049], [-0.27388719, 0.9192118, -0.79033481]])
    x, t = np.array([0.6, 0.9]), np.array([0.0, 0.0, 1.0])
    batch = {"W": rng.randn(2, 3), "x": rng.randn(5, 2), "t": rng.randint(3, size=5)}
    yield Case("SimpleNet.predict", "document 004", {"W": W, "x": x})
    yield Case("SimpleNet.predict", "batch", {"W": batch["W"], "x": batch["x"]})
    for component in ("SimpleNet.loss", "SimpleNet gradient"):
        yield Case(component, "document 004", {"W": W, "x": x, "t": t}, form=ONE_SAMPLE)
        yield Case(component, "batch", batch, form=LABELS)

    for case, i in generate_network_inputs(rng):
        k = i["W2"].shape[1]
        hot = i | {"t": reference.one_hot(i["t"], k)}
        dtypes = ZERO_PROBABILITY_DTYPES if case == ZERO_PROBABILITY else BOTH_DTYPES
        only = {key: i[key] for key in (*PARAMS, "x")}
        yield Case("TwoLayerNet.predict", case, only, dtypes)
        if case == "steep":  # once is enough: the chapter gives its network batches alone
            one = only | {"x": only["x"][0]}
            yield Case("TwoLayerNet.predict", f"{case}, one", one, dtypes, ONE_SAMPLE, False)
        for component in ("loss", "accuracy", "gradient", "numerical_gradient"):
            yield Case(f"TwoLayerNet.{component}", case, hot, dtypes)
            if component != "numerical_gradient":
                yield make_label_case(component, case, i, dtypes)

    # more right answers than a byte can count
    many = make_network_params(rng, 6, 5, 4) | {"x": rng.randn(300, 6)}
    net = reference.TwoLayerNet(6, 5, 4, seed=0)
    net.params = {key: many[key] for key in PARAMS}
    right = np.argmax(net.predict(many["x"]), axis=1)
    labels = np.where(np.arange(300) < 280, right, (right + 1) % 4)
    many["t"] = reference.one_hot(labels, 4)
    yield Case("TwoLayerNet.accuracy", "280 of 300 right", many)

    # the chapter's own size and initial weights, on inputs that look like digits: mostly zero
    digits = np.where(rng.rand(100, 784) < 0.19, rng.rand(100, 784), 0.0)
    full = make_network_params(rng, 784, 50, 10, std=0.01) | {
        "x": digits,
        "t": reference.one_hot(rng.randint(10, size=100), 10),
    }
    yield Case("TwoLayerNet.predict", "784-50-10", {key: full[key] for key in (*PARAMS, "x")})
    for component in ("loss", "accuracy", "gradient"):
        yield Case(f"TwoLayerNet.{component}", "784-50-10", full)


def generate_start_cases(rng: np.random.RandomState) -> Iterator[Case]:
    """Yield what a training starts with, large enough for its statistics to speak."""
    yield Case("one_hot", "two classes of ten", {"t": np.array([3, 7, 3])})
    yield Case("initialisation", "400-300-200", {"d": 400, "h": 300, "k": 200})
    yield Case(
        "batch_masks",
        "20 of 50, 400 times",
        {"train_size": 50, "batch_size": 20, "iters_num": 400, "seed": 1},
    )


def make_training_problem(
    rng: np.random.RandomState, d: int, h: int, k: int, n: int, std: float
) -> dict[str, CaseValue]:
    """Return a network and a training and a test set of n and n + 5 samples that are not alike."""
    return make_network_params(rng, d, h, k, std) | {
        "x_train": rng.randn(n, d),
        "t_train": reference.one_hot(rng.randint(k, size=n), k),
        "x_test": rng.randn(n + 5, d) + 0.5,
        "t_test": reference.one_hot(rng.randint(k, size=n + 5), k),
        "learning_rate": 0.1,
    }


def generate_update_cases(rng: np.random.RandomState) -> Iterator[Case]:
    """Yield the cases of one update and of two."""
    for component, steps in (("one update", 1), ("two updates", 2)):
        for d, h, k in ((6, 5, 4), (5, 5, 5)):
            i = make_training_problem(rng, d, h, k, 12, 1.0)
            i["batch_masks"] = rng.randint(12, size=(steps, 7))
            yield Case(component, f"{d}-{h}-{k}", i)
        slow = i | {"learning_rate": 0.03}
        yield Case(component, f"{d}-{h}-{k}, lr = 0.03", slow)
    # 23 samples in batches of 7: an epoch is 3 whole steps, and 3.29 as a fraction
    masks: dict[str, CaseValue] = {
        "batch_masks": rng.randint(23, size=(16, 7)),
        "checkpoints": (1, 4, 16),
    }
    yield Case("short training", "6-5-4", make_training_problem(rng, 6, 5, 4, 23, 1.0) | masks)


def generate_sized_cases(d: int, h: int, k: int, seed: int) -> list[Case]:
    """Return the cases of a two-layer net for a port that has one size alone."""
    rng = np.random.RandomState(seed)
    cases = []
    for name, n, std in (("as initialised", 100, 0.01), ("trained", 30, d**-0.5), ("one", 1, 0.1)):
        i = make_network_params(rng, d, h, k, std) | {
            "x": rng.rand(n, d),
            "t": rng.randint(k, size=n),
        }
        i["W2"] = i["W2"] * (h**-0.5 / d**-0.5 if name == "trained" else 1.0)
        case = f"{d}-{h}-{k}, {name}"
        cases.append(Case("TwoLayerNet.predict", case, {key: i[key] for key in (*PARAMS, "x")}))
        for component in ("loss", "accuracy", "gradient"):
            hot = i | {"t": reference.one_hot(i["t"], k)}
            cases.append(Case(f"TwoLayerNet.{component}", case, hot))
            cases.append(make_label_case(component, case, i, BOTH_DTYPES))
    masks: dict[str, CaseValue]
    i = make_network_params(rng, d, h, k, 0.1) | {"x": rng.rand(3, d), "t": np.array([0, 1, k - 1])}
    i["b2"] = 900.0 * (np.arange(k) == k - 1)  # two samples whose class has probability 0
    for component in ("loss", "gradient"):
        hot = i | {"t": reference.one_hot(i["t"], k)}
        cases.append(
            Case(
                f"TwoLayerNet.{component}",
                f"{d}-{h}-{k}, {ZERO_PROBABILITY}",
                hot,
                ZERO_PROBABILITY_DTYPES,
            )
        )
    for component, steps in (("one update", 1), ("two updates", 2)):
        masks = {"batch_masks": rng.randint(40, size=(steps, 20))}
        i = make_training_problem(rng, d, h, k, 40, d**-0.5)
        cases.append(Case(component, f"{d}-{h}-{k}", i | masks))
    masks = {"batch_masks": rng.randint(43, size=(16, 12)), "checkpoints": (1, 4, 16)}
    i = make_training_problem(rng, d, h, k, 43, d**-0.5)
    cases.append(Case("short training", f"{d}-{h}-{k}", i | masks))
    return cases
