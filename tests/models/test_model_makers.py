"""What a file's model is made by, read from its source."""

import importlib.util

import pytest

from trueport.compare.models.model_makers import list_makers, list_used

HEAD = """
class Module:
    def eval(self): return self

class Block(Module):
    def __init__(self, width): pass

class Net(Module):
    def __init__(self, depth=2):
        self.blocks = [Block(8) for _ in range(depth)]
"""
ROWS = {
    "a class that another one uses is a part": ("", ["Net"]),
    "a function of any name": ("def digit_reader():\n    return Net(3)", ["digit_reader"]),
    "by a name": ("def reader():\n    net = Net(3)\n    return net.eval()", ["reader"]),
    "through a function": (
        "def stack(depth):\n    return Net(depth)\ndef deep():\n    return stack(9)",
        ["deep"],
    ),
    "several": (
        "def stack(depth):\n    return Net(depth)\n"
        "def deep():\n    return stack(9)\ndef flat():\n    return stack(1)",
        ["deep", "flat"],
    ),
    "one that trains": ("def fitted():\n    net = Net()\n    net.fit()\n    return net", ["Net"]),
    "one that is called so": ("def train():\n    return Net()", ["Net"]),
    "one that tries the model": ("def shapes():\n    net = Net()\n    print(net)", ["Net"]),
    "one that gives its outputs": ("def shapes(x=1):\n    return Net()(x)", ["Net"]),
    "an inner function's return": (
        "def hook():\n    def inner():\n        return Net()\n    return 3",
        ["Net"],
    ),
    "by the method of a builder": (
        "class Builder:\n    def get(self):\n        return Net(3)\n"
        "def reader():\n    return Builder().get()",
        ["reader"],
    ),
    "an attribute of that name": (
        "class Outer(Module):\n    def run(self):\n        return self.Net",
        ["Net", "Outer"],
    ),
    "one that calls itself": ("def again():\n    return again()", ["Net"]),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_makers_of_a_file(tmp_path, name):
    source, expected = ROWS[name]
    file = tmp_path / "made.py"
    file.write_text(HEAD + source)
    spec = importlib.util.spec_from_file_location("made", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    values = {n: v for n, v in vars(module).items() if not n.startswith("_") and n != "Module"}
    makers = list_makers(values, (module.Module,))
    assert sorted(makers.keys() - list_used(values, makers)) == expected
