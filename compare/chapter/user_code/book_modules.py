"""Stand-ins for modules that a chapter's file imports and that are not there."""

import importlib
import importlib.util
import sys
from typing import Any

import numpy as np

from trueport import reference

from ...ports.user_code import progress_bar
from . import book_functions

# `np` too: a star brings it along from the book's own.
BOOK_FUNCTIONS: dict[str, Any] = {
    "np": np,
    "sigmoid": reference.sigmoid,
    "softmax": reference.softmax,
    "cross_entropy_error": reference.cross_entropy_error,
    "sum_squared_error": reference.sum_squares_error,
    "sum_squares_error": reference.sum_squares_error,
    "mean_squared_error": reference.sum_squares_error,
    "identity_function": book_functions.identity_function,
    "step_function": book_functions.step_function,
    "sigmoid_grad": book_functions.sigmoid_grad,
    "relu": book_functions.relu,
    "relu_grad": book_functions.relu_grad,
    "softmax_loss": book_functions.softmax_loss,
}
BOOK_GRADIENTS: dict[str, Any] = {
    "np": np,
    "numerical_gradient": reference.numerical_gradient,
    "_numerical_gradient_1d": reference.numerical_gradient,
    "numerical_gradient_2d": reference.numerical_gradient,
}
BOOK_MNIST: dict[str, Any] = {"load_mnist": book_functions.load_mnist, "np": np}
BOOK_NETWORK: dict[str, Any] = {"TwoLayerNet": reference.TwoLayerNet}
# The book's repository: these go before an installed package of the same name.
BOOK_MODULES: dict[str, dict[str, Any]] = {
    "dataset": {},
    "dataset.mnist": BOOK_MNIST,
    "mnist": BOOK_MNIST,
    "common": {},
    "common.functions": BOOK_FUNCTIONS,
    "common.gradient": BOOK_GRADIENTS,
    "common.util": {"smooth_curve": book_functions.smooth_curve},
    "ch04": {},
    "ch04.two_layer_net": BOOK_NETWORK,
    "two_layer_net": BOOK_NETWORK,
    "gradient_2d": BOOK_GRADIENTS,
}
# What is answered only if it is not installed; None for a module that swallows whatever is asked.
KERAS_DATA_MODULES: dict[str, dict[str, Any] | None] = {
    "keras": {},
    "keras.datasets": {},
    "keras.datasets.mnist": {"load_data": book_functions.load_data},
    "keras.utils": {"to_categorical": book_functions.to_categorical},
}
OPTIONAL_MODULES: dict[str, dict[str, Any] | None] = {
    "matplotlib": None,
    "mpl_toolkits": None,
    "pylab": None,
    "seaborn": None,
    "IPython": None,
    "plotly": None,
    "wandb": None,
    "torchinfo": None,
    "torchsummary": None,
    "tensorboardX": None,
    "google": {},
    "google.colab": None,
    **progress_bar.MODULES,
    "sklearn": {},
    "sklearn.datasets": {"fetch_openml": book_functions.fetch_openml},
    "torchvision": {},
    "torchvision.datasets": {"MNIST": book_functions.TorchvisionMNIST},
    "torchvision.transforms": None,
}


def serve_embedded_digits(text: str) -> None:
    """Let the loaders of installed packages answer from the embedded digits, if nothing is cached.

    text: of the user's files: only packages that it names are touched.
    """
    if (
        "load_data" in text
        and "keras" in sys.modules
        and not reference.mnist.keras_cache().exists()
    ):
        for name, module in list(sys.modules.items()):
            if name.endswith("datasets.mnist") and hasattr(module, "load_data"):
                module.load_data = book_functions.load_data  # type: ignore[attr-defined]  # a module of our making
    if "fetch_openml" in text and importlib.util.find_spec("sklearn"):
        datasets = importlib.import_module("sklearn.datasets")
        datasets.fetch_openml = book_functions.fetch_openml  # type: ignore[attr-defined]  # a module of our making
