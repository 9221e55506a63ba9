"""How functions of a stranger's file are found, and in which arrays they are met."""

import ast
import types
from pathlib import Path

import numpy as np
import pytest
from adoption import taken

from trueport import reference
from trueport.compare.chapter.user_code.book_modules import BOOK_MODULES
from trueport.compare.ports.frameworks import to_numpy
from trueport.compare.ports.user_code.view import AuthorNames

KEPT = "def numerical_diff(f, x, h=1e-4):\n        return (f(x + h) - f(x - h)) / (2 * h)\n"


@pytest.mark.parametrize(
    ("text", "called"),
    [
        (f"class Grad:\n    @staticmethod\n    {KEPT}", "Grad.numerical_diff"),
        (f"class Grad:\n    {KEPT}", "Grad.numerical_diff"),
        (
            f"class Grad:\n    @classmethod\n    {KEPT.replace('(f, x', '(cls, f, x')}",
            "Grad.numerical_diff",
        ),
        (f"class Grad:\n    {KEPT.replace('(f, x', '(self, f, x')}", "Grad().numerical_diff"),
    ],
    ids=["static", "without self", "of the class", "of an object"],
)
def test_a_function_that_a_class_keeps_is_taken(text: str, called: str) -> None:
    view, adoption = taken(text)
    assert np.isclose(view.get("numerical_diff")(lambda x: x * x, 3.0), 6.0)
    assert view.aliases["numerical_diff"] == called
    assert adoption.not_looked_at == []


def test_a_function_of_the_file_goes_before_one_that_a_class_keeps() -> None:
    text = "class Kept:\n    @staticmethod\n    def softmax(x):\n        return 0\n"
    view, _ = taken("def softmax(x):\n    return 1\n" + text)
    assert view.get("softmax")(0) == 1


@pytest.mark.parametrize(
    "text",
    [
        "class Net:\n    def predict(self, x):\n        return x\n"
        "    @staticmethod\n    def softmax(x):\n        return x\n",
        "class Step:\n    def __init__(self):\n        self.w = np.ones(3)\n"
        "    def softmax(self, x):\n        return x * self.w\n",
        "class Fit:\n    def gradient_descent(self, X, y):\n        return X\n",
    ],
    ids=["network", "holds arrays", "other arguments"],
)
def test_what_is_part_of_something_else_is_not_taken(text: str) -> None:
    view, _ = taken(text)
    assert not {"softmax", "gradient_descent"} & set(view.names)


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_numpy_code_is_given_numpy_arrays_whatever_the_models_are(framework: str) -> None:
    pytest.importorskip("torch" if framework == "torch" else "tensorflow")
    body = "    e = np.exp(x - np.max(x, axis=-1, keepdims=True))\n"
    body += "    return e / np.sum(e, axis=-1, keepdims=True)\n"
    view, _ = taken("def softmax(x):\n" + body, framework=framework)
    x = np.random.RandomState(0).randn(3, 4)
    assert np.allclose(view.get("softmax")(view.array(x)), reference.softmax(x))
    assert "softmax is written in NumPy, and was given its arrays" in view.notes


def test_a_gradient_in_numpy_gives_its_function_tensors_and_moves_what_it_was_given() -> None:
    pytest.importorskip("torch")
    text = "def numerical_gradient(f, x):\n    g = np.zeros_like(x)\n    for i in range(x.size):\n"
    text += "        x[i] += 1e-4\n        g[i] = f(x)\n        x[i] -= 2e-4\n"
    text += "        g[i] = (g[i] - f(x)) / 2e-4\n    return g\n"
    view, _ = taken(text, framework="torch")
    x = view.array(np.array([1.0, 2.0]))
    got = view.get("numerical_gradient")(lambda v: (v.detach() ** 2).sum(), x)
    assert np.allclose(got, [2.0, 4.0], atol=1e-3)
    assert np.allclose(to_numpy(x), [1.0 - 1e-4, 2.0 - 1e-4])


@pytest.mark.parametrize(
    "body",
    [
        "import torch\n    return torch.exp(torch.as_tensor(np.asarray(x)))",
        "return np.exp(x.detach().numpy())",
        "return x / (1 + x)",
    ],
    ids=["torch", "of a tensor", "no NumPy"],
)
def test_code_that_asks_for_tensors_is_given_tensors(body: str) -> None:
    pytest.importorskip("torch")
    view, _ = taken(f"def sigmoid(x):\n    {body}\n", framework="torch")
    assert not any("written in NumPy" in note for note in view.notes)


def test_a_star_brings_np_from_the_books_own_modules() -> None:
    for name in ("common.functions", "common.gradient", "dataset.mnist"):
        assert BOOK_MODULES[name]["np"] is np


def test_a_definition_that_a_later_import_replaces_is_said() -> None:
    tree = ast.parse("def softmax(x):\n    return x\nfrom common.functions import softmax\n")
    module, other = types.ModuleType("theirs"), types.ModuleType("common.functions")
    exec("def softmax(x):\n    return 2 * x\n", vars(other))
    module.__dict__["softmax"] = other.softmax
    own = AuthorNames(module, tree, Path("/no/folder"), lambda name: None)
    assert own.names() == ["softmax"]
    assert own.describe_replaced() == [
        "softmax is defined in the file, and later imported from common.functions: that one was "
        "judged"
    ]


def test_a_function_of_objects_of_the_files_own_is_not_judged() -> None:
    text = "class Variable:\n    def __init__(self, data):\n        self.data = data\n"
    text += "def numerical_diff(f, x, eps=1e-4):\n"
    text += "    a, b = Variable(x.data - eps), Variable(x.data + eps)\n"
    view, _ = taken(text + "    return (f(b).data - f(a).data) / (2 * eps)\n")
    assert view.withheld["numerical_diff"].startswith("numerical_diff takes a Variable of the file")
