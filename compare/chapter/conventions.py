"""Where the frameworks' conventions differ, as a table that is run and not written down.

A row is a question and, for each framework, the code that answers it: the last line of it is the
expression whose value is shown. `run_conventions` runs the column of one framework in that
framework's own process (`execution.worker`), so what the report shows is what this machine's
version does. To add a row is to add an entry here.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """topic: reductions, epsilons, layouts or defaults. code: framework to its lines."""

    topic: str
    question: str
    code: Mapping[str, str]


def make_convention(topic: str, question: str, **code: str) -> Convention:
    """Return a row of the table.

    code: framework to its lines.
    """
    return Convention(topic, question, code)


# What the code of each framework may use without a word.
PRELUDES = {
    "numpy": "import numpy as np\nfrom trueport import reference",
    "torch": "import torch\nimport torch.nn.functional as F",
    "keras": "import keras\nfrom keras import ops",
}

CONVENTIONS = (
    make_convention(
        "reductions",
        "Cross-entropy of two samples: one number for each, their sum or their mean?",
        numpy="y = np.array([[0.7, 0.3], [0.4, 0.6]])\n"
        "reference.cross_entropy_error(y, np.array([0, 1]))",
        torch="y = torch.tensor([[0.7, 0.3], [0.4, 0.6]])\n"
        "F.nll_loss(torch.log(y), torch.tensor([0, 1]))",
        keras="y = ops.array([[0.7, 0.3], [0.4, 0.6]])\n"
        "keras.losses.sparse_categorical_crossentropy(ops.array([0, 1]), y)",
    ),
    make_convention(
        "reductions",
        "Squared error of [0, 0, 3] against [0, 0, 0]: half the sum, or the mean?",
        numpy="reference.sum_squares_error(np.array([0.0, 0.0, 3.0]), np.zeros(3))",
        torch="F.mse_loss(torch.tensor([0.0, 0.0, 3.0]), torch.zeros(3))",
        keras="keras.losses.MeanSquaredError()(ops.zeros(3), ops.array([0.0, 0.0, 3.0]))",
    ),
    make_convention(
        "reductions",
        "Variance of [1, 2, 3, 4]: divided by N or by N - 1?",
        numpy="np.var([1.0, 2.0, 3.0, 4.0])",
        torch="torch.var(torch.tensor([1.0, 2.0, 3.0, 4.0]))",
        keras="ops.var(ops.array([1.0, 2.0, 3.0, 4.0]))",
    ),
    make_convention(
        "reductions",
        "The axis of a softmax that is given none",
        numpy="reference.softmax(np.array([[0.0, 0.0], [0.0, 9.0]]))[:, 0]",
        torch="torch.softmax(torch.tensor([[0.0, 0.0], [0.0, 9.0]]))[:, 0]",
        keras="ops.softmax(ops.array([[0.0, 0.0], [0.0, 9.0]]))[:, 0]",
    ),
    make_convention(
        "epsilons",
        "Loss of a true class that was given probability 0",
        numpy="reference.cross_entropy_error(np.array([1.0, 0.0]), np.array(1))",
        torch="F.nll_loss(torch.log(torch.tensor([[1.0, 0.0]])), torch.tensor([1]))",
        keras="keras.losses.sparse_categorical_crossentropy(ops.array([1]), "
        "ops.array([[1.0, 0.0]]))",
    ),
    make_convention(
        "epsilons",
        "The same as a binary loss",
        numpy="-np.log(0.0 + 1e-7)",
        torch="F.binary_cross_entropy(torch.zeros(1), torch.ones(1))",
        keras="keras.losses.binary_crossentropy(ops.ones((1, 1)), ops.zeros((1, 1)))",
    ),
    make_convention(
        "epsilons",
        "Loss of a certain and right prediction: is it below, above or at 0?",
        numpy="reference.cross_entropy_error(np.array([0.0, 1.0]), np.array(1))",
        torch="F.nll_loss(torch.log(torch.tensor([[0.0, 1.0]])), torch.tensor([1]))",
        keras="keras.losses.sparse_categorical_crossentropy(ops.array([1]), "
        "ops.array([[0.0, 1.0]]))",
    ),
    make_convention(
        "epsilons",
        "Loss of rows that do not sum to one: taken as they are, or made to?",
        numpy="reference.cross_entropy_error(np.array([0.2, 0.2]), np.array(1))",
        torch="F.nll_loss(torch.log(torch.tensor([[0.2, 0.2]])), torch.tensor([1]))",
        keras="keras.losses.categorical_crossentropy(ops.array([[0.0, 1.0]]), "
        "ops.array([[0.2, 0.2]]))",
    ),
    make_convention(
        "epsilons",
        "The epsilon of Adam",
        # not made: torch 2.13 takes 1.5 s to import its compiler for its first optimizer
        torch="import inspect\ninspect.signature(torch.optim.Adam).parameters['eps'].default",
        keras="keras.optimizers.Adam().epsilon",
    ),
    make_convention(
        "layouts",
        "Shape of the weights of a layer from 2 inputs to 3 outputs",
        numpy="reference.SimpleNet().W.shape",
        torch="torch.nn.Linear(2, 3).weight.shape",
        keras="layer = keras.layers.Dense(3)\nlayer.build((None, 2))\ntuple(layer.kernel.shape)",
    ),
    make_convention(
        "layouts",
        "Shape of 8 convolution kernels of 3 x 5 over 1 channel",
        torch="torch.nn.Conv2d(1, 8, (3, 5)).weight.shape",
        keras="layer = keras.layers.Conv2D(8, (3, 5))\n"
        "layer.build((None, 28, 28, 1))\ntuple(layer.kernel.shape)",
    ),
    make_convention(
        "layouts",
        "The order of a loss's arguments: which one is taken for the label?",
        numpy="import inspect\nlist(inspect.signature(reference.cross_entropy_error)"
        ".parameters)[:2]",
        torch="import inspect\nlist(inspect.signature(F.cross_entropy).parameters)[:2]",
        keras="import inspect\nlist(inspect.signature(keras.losses.categorical_crossentropy)"
        ".parameters)[:2]",
    ),
    make_convention(
        "defaults",
        "The dtype of an array made from [0.1, 0.2]",
        numpy="np.array([0.1, 0.2]).dtype",
        torch="torch.tensor([0.1, 0.2]).dtype",
        keras="ops.array([0.1, 0.2]).dtype",
    ),
    make_convention(
        "defaults",
        "Does the cross-entropy expect probabilities or scores? (of [0, 1], true class 1)",
        numpy="reference.cross_entropy_error(np.array([0.0, 1.0]), np.array(1))",
        torch="F.cross_entropy(torch.tensor([[0.0, 1.0]]), torch.tensor([1]))",
        keras="keras.losses.sparse_categorical_crossentropy(ops.array([1]), "
        "ops.array([[0.0, 1.0]]))",
    ),
    make_convention(
        "defaults",
        "The learning rate of gradient descent that is given none",
        numpy="import inspect\ninspect.signature(reference.gradient_descent)"
        ".parameters['lr'].default",
        torch="import inspect\ninspect.signature(torch.optim.SGD).parameters['lr'].default",
        keras="float(keras.optimizers.SGD().learning_rate)",
    ),
    make_convention(
        "defaults",
        "Largest initial weight of a layer from 784 to 50 (its law differs, not only the draw)",
        numpy="np.abs(reference.TwoLayerNet(784, 50, 10, seed=0).params['W1']).max()",
        torch="torch.manual_seed(0)\ntorch.nn.Linear(784, 50).weight.abs().max()",
        keras="keras.utils.set_random_seed(0)\nlayer = keras.layers.Dense(50)\n"
        "layer.build((None, 784))\nops.max(ops.abs(layer.kernel))",
    ),
    make_convention(
        "defaults",
        "Initial biases: zero, or drawn too?",
        numpy="np.abs(reference.TwoLayerNet(784, 50, 10, seed=0).params['b1']).max()",
        torch="torch.manual_seed(0)\ntorch.nn.Linear(784, 50).bias.abs().max()",
        keras="layer = keras.layers.Dense(50)\nlayer.build((None, 784))\n"
        "ops.max(ops.abs(layer.bias))",
    ),
    make_convention(
        "defaults",
        "What becomes of label -1 among 2 classes",
        numpy="y = np.array([[0.9, 0.1]])\ny[np.arange(1), np.array([-1])]",
        torch="F.nll_loss(torch.log(torch.tensor([[0.9, 0.1]])), torch.tensor([-1]))",
        keras="keras.losses.sparse_categorical_crossentropy(ops.array([-1]), "
        "ops.array([[0.9, 0.1]]))",
    ),
    make_convention(
        "defaults",
        "b = a, then b += 1: is a changed?",
        numpy="a = np.zeros(2)\nb = a\nb += 1\na",
        torch="a = torch.zeros(2)\nb = a\nb += 1\na",
        keras="a = ops.zeros(2)\nb = a\nb += 1\na",
    ),
    make_convention(
        "defaults",
        "3 + 1e-4 put into an integer array",
        numpy="x = np.array([3, 4])\nx[0] = 3 + 1e-4\nx",
        torch="x = torch.tensor([3, 4])\nx[0] = 3 + 1e-4\nx",
        keras="x = ops.array([3, 4])\nx[0] = 3 + 1e-4\nx",
    ),
)
