"""What is taken up of a few lines of somebody's file, with nothing run but them."""

import ast
import types
from pathlib import Path

import numpy as np

from trueport import reference
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.chapter.user_code.adopt import adopt
from trueport.compare.ports.frameworks import FRAMEWORKS, to_numpy
from trueport.compare.ports.user_code.view import AuthorNames, TargetView
from trueport.compare.suite.user_code import Adoption

# A network of the chapter's as people write it, with a prediction alone: tests add methods.
NET = """
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        draw = np.random.RandomState(0).randn
        self.params = {"W1": draw(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": draw(hidden_size, output_size), "b2": np.zeros(output_size)}

    def predict(self, x):
        p = self.params
        e = np.exp(1 / (1 + np.exp(-(x @ p["W1"] + p["b1"]))) @ p["W2"] + p["b2"])
        return e / e.sum(axis=1, keepdims=True)
"""


def taken(
    text: str, name: str | None = None, framework: str = "numpy"
) -> tuple[TargetView, Adoption]:
    """What is taken up of a file with this text."""
    module = types.ModuleType("theirs")
    module.__file__ = "/theirs.py"
    tree = ast.parse("import numpy as np\n" + text)
    exec(compile(tree, "/theirs.py", "exec"), vars(module))
    view = TargetView(CHAPTER, FRAMEWORKS[framework], "float64")
    own = AuthorNames(module, tree, Path("/no/folder"), lambda name: None)
    return view, adopt(view, own, name, None)


def forward(view: TargetView) -> tuple[np.ndarray, np.ndarray]:
    """What the network taken up predicts, and what it should."""
    rng = np.random.RandomState(0)
    net, truth = view.get("TwoLayerNet")(6, 5, 4), reference.TwoLayerNet(6, 5, 4)
    for key in truth.params:
        truth.params[key] = rng.randn(*truth.params[key].shape)
        net.params[key] = view.assign(net.params[key], view.array(truth.params[key]))
    x = rng.randn(7, 6)
    return to_numpy(net.predict(view.array(x))), truth.predict(x)
