"""What the book's own files offer beside the contract, for the shims of `ports.user_code.shims`.

`common.functions` and `common.gradient` as published with *Deep Learning from Scratch*; what the
contract knows comes from `reference`, the rest is written here.
"""

from typing import Any

import numpy as np

from trueport import reference

RawDigits = tuple[tuple[Any, Any], tuple[Any, Any]]  # (x_train, t_train), (x_test, t_test)
_reads: list[str] = []  # a line for each time that the digits were handed out
MNIST_SIZES = (60_000, 10_000)  # scripts have MNIST's sizes written into them


def identity_function(x: Any) -> Any:
    """Return x."""
    return x


def step_function(x: np.ndarray) -> np.ndarray:
    """Return 1 where x is positive, else 0."""
    return np.array(x > 0, dtype=int)


def sigmoid_grad(x: np.ndarray) -> Any:
    """Return the derivative of the sigmoid."""
    return (1.0 - reference.sigmoid(x)) * reference.sigmoid(x)


def relu(x: np.ndarray) -> Any:
    """Return x where it is positive, else 0."""
    return np.maximum(0, x)


def relu_grad(x: np.ndarray) -> np.ndarray:
    """Return the derivative of `relu`, 1 at 0."""
    return (x >= 0).astype(x.dtype)


def softmax_loss(x: np.ndarray, t: np.ndarray) -> Any:
    """Return the cross-entropy of the softmax of x."""
    return reference.cross_entropy_error(reference.softmax(x), t)


def smooth_curve(x: np.ndarray) -> np.ndarray:
    """Return the curve smoothed with a window of 11, to look nice in a plot."""
    window = np.kaiser(11, 2)
    padded = np.r_[x[10:0:-1], x, x[-1:-11:-1]]
    return np.convolve(window / window.sum(), padded, mode="valid")[5 : len(x) + 5]


def count_reads() -> int:
    """Return how often the digits were handed out in this process."""
    return len(_reads)


def read_raw_digits() -> RawDigits:
    """((x, t), (x, t)) of uint8, images (N, 28, 28), of MNIST's sizes.

    The embedded digits, repeated until there are 60,000 and 10,000; noise where there are none.
    """
    _reads.append("embedded")
    try:
        digits = reference.read_mnist("embedded")
        sets = ((digits.x_train, digits.t_train), (digits.x_test, digits.t_test))
    except FileNotFoundError:
        rng = np.random.RandomState(0)
        x, t = rng.randint(256, size=(1000, 28, 28)), rng.randint(10, size=1000)
        sets = ((x.astype(np.uint8), t.astype(np.uint8)),) * 2
    (x_train, t_train), (x_test, t_test) = (
        (np.resize(x, (size, 28, 28)), np.resize(t, size))
        for (x, t), size in zip(sets, MNIST_SIZES, strict=True)
    )
    return (x_train, t_train), (x_test, t_test)


def load_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False
) -> RawDigits:
    """`dataset.mnist.load_mnist` of the book's repository, on `read_raw_digits`."""

    def images(x: np.ndarray) -> np.ndarray:
        x = x.reshape(-1, 784) if flatten else x.reshape(-1, 1, 28, 28)
        return x.astype(np.float32) / np.float32(255) if normalize else x

    train, test = (
        (images(x), reference.one_hot(t).astype(int) if one_hot_label else t)
        for x, t in read_raw_digits()
    )
    return train, test


def load_data(*args: Any, **kwargs: Any) -> RawDigits:
    """`keras.datasets.mnist.load_data`, on `read_raw_digits`."""
    return read_raw_digits()


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """`keras.utils.to_categorical`: labels as one-hot rows."""
    x = np.asarray(x, dtype=int)
    rows: np.ndarray = np.eye(num_classes or int(x.max()) + 1)[x]
    return rows


class Bunch(dict[str, Any]):
    """A dict with attributes, as scikit-learn returns it."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def fetch_openml(name: str = "mnist_784", return_X_y: bool = False, **kwargs: Any) -> Any:
    """`sklearn.datasets.fetch_openml("mnist_784")`: 70,000 rows, labels as text."""
    if "mnist" not in str(name).lower() or "fashion" in str(name).lower():
        raise OSError(f"no network here: {name!r} cannot be downloaded")
    (x_train, t_train), (x_test, t_test) = read_raw_digits()
    data = np.concatenate([x_train, x_test]).reshape(-1, 784).astype(np.float64)
    target = np.concatenate([t_train, t_test]).astype(str).astype(object)
    return (data, target) if return_X_y else Bunch(data=data, target=target)


class TorchvisionMNIST:
    """`torchvision.datasets.MNIST`: data and targets as tensors, items as ToTensor has them."""

    def __init__(
        self,
        root: str = "",
        train: bool = True,
        transform: Any = None,
        target_transform: Any = None,
        download: bool = False,
    ) -> None:
        import torch

        x, t = read_raw_digits()[0 if train else 1]
        self.data, self.targets = torch.from_numpy(x), torch.from_numpy(t.astype(np.int64))
        self.transform, self.target_transform = transform, target_transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> Any:
        x, t = self.data[index][None].float() / 255, int(self.targets[index])
        return x, self.target_transform(t) if callable(self.target_transform) else t
