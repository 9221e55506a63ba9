"""What one twin does beside the reference: see `test_twins`."""

import importlib

import numpy as np

from trueport import reference

STEPS, KEPT = 200, 150


def largest_departure(a: np.ndarray, b: np.ndarray) -> float:
    """|a - b| / |b|, of the whole array."""
    return float(np.linalg.norm(np.asarray(a, float) - b) / np.linalg.norm(b))


def survey(room: str, dtype: str) -> dict:
    twin = importlib.import_module(f"trueport.{room}")
    if room == "torch_impl":
        import torch

        torch.set_default_dtype(getattr(torch, dtype))
        array = torch.tensor
    else:
        import keras

        keras.config.set_floatx(dtype)
        array = keras.ops.convert_to_tensor

    def plain(value):
        return np.array((value.value if hasattr(value, "value") else value).numpy())

    def network(params):
        net = twin.TwoLayerNet(784, 50, 10)
        for key, p in params.items():
            if hasattr(net.params[key], "assign"):
                net.params[key].assign(p)
            else:
                net.params[key] = array(p)
        return net

    data = [
        a.astype(dtype)
        for pair in reference.load_mnist(one_hot_label=True, source="embedded")
        for a in pair
    ]
    data = [data[0], data[1], data[2], data[3]]
    truth = reference.TwoLayerNet(784, 50, 10, seed=0)
    truth.params = {key: p.astype(dtype) for key, p in truth.params.items()}
    net, again, parts = (network(truth.params) for _ in range(3))
    masks = reference.batch_masks(4000, 100, STEPS, seed=1)
    want = reference.train(truth, *data, masks, checkpoints=(KEPT,))
    done: list[int] = []
    got = twin.train(
        net, *(array(a) for a in data), masks, checkpoints=(KEPT,), progress=done.append
    )

    given = [array(a) for a in data]
    for stretch in (masks[:KEPT], masks[KEPT:]):
        twin.train(parts, *given, stretch)
    stretches = [plain(p).tobytes() for p in parts.params.values()]
    twin.train(parts, *given, masks[:1], learning_rate=0.0)  # what is kept of a loop has its rate
    stood = [plain(p).tobytes() for p in parts.params.values()]

    labels = [a if a.ndim == 2 and a.shape[1] == 784 else a.argmax(axis=1) for a in data]
    other = twin.train(again, *(array(a) for a in labels), array(masks))

    x = again.params["b2"]
    before = plain(x).tobytes()

    def fails(W):
        raise ArithmeticError

    try:
        twin.numerical_gradient(fails, x)
    except ArithmeticError:
        restored = plain(x).tobytes() == before
    exact = again.gradient(array(data[0][:5]), array(data[1][:5]))
    one, two, three = (plain(twin.TwoLayerNet(3, 4, 2, seed=s).params["W1"]) for s in (1, 1, 2))
    return {
        "loss": float(
            np.max(np.abs(np.subtract(got["train_loss_list"], want["train_loss_list"])))
            / np.min(want["train_loss_list"])
        ),
        "params": max(largest_departure(plain(net.params[k]), p) for k, p in truth.params.items()),
        "kept": max(
            largest_departure(plain(got["checkpoints"][KEPT][k]), p)
            for k, p in want["checkpoints"][KEPT].items()
        ),
        "dtypes": sorted({str(plain(p).dtype) for p in (*net.params.values(), *exact.values())}),
        "curves": [got[k] == want[k] for k in ("accuracy_steps", "train_acc_list")],
        "types": sorted({type(v).__name__ for v in got["train_loss_list"] + got["test_acc_list"]}),
        "keys": list(got) == list(want),
        "labels": float(np.max(np.abs(np.subtract(other["train_loss_list"],
                                                  got["train_loss_list"])))),
        "stretches": stretches == [plain(p).tobytes() for p in net.params.values()],
        "stood": stood == stretches,
        "progress": done[-1] <= STEPS and done == sorted(done) and len(done) >= 2,
        "restored": restored,
        "seeds": [bool((one == two).all()), bool((one == three).all())],
        "graph": any(getattr(p, "requires_grad", False) for p in net.params.values()),
    }  # fmt: skip
