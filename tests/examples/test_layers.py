"""The layers beyond chapter 4: each port is faithful to its reference, with its gradients."""

import ast
from pathlib import Path

import pytest
from paths import ROOT

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

LAYERS = ROOT / "examples" / "layers"
FILES = sorted(path.name for path in LAYERS.glob("*.py"))
PORTS = ("torch_port", "keras_port")
# without derivatives: steps of a framework's own optimizers, and what is given no array
STEPS = {"sgd_step", "adam_step", "adamw_step"}
WITHOUT = {
    "torch_port": STEPS | {"rmsprop_step", "positional_encoding"},
    "keras_port": STEPS | {"positional_encoding"},
}


def read_functions(file: Path) -> dict[str, str]:
    """Public functions of a file, with their parameters and defaults."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name: ast.unparse(node.args)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


@pytest.mark.parametrize("port", PORTS)
def test_a_port_mirrors_the_reference_name_by_name(port: str) -> None:
    assert sorted(path.name for path in (LAYERS / port).glob("*.py")) == FILES
    for name in FILES:
        theirs = read_functions(LAYERS / name)
        del theirs["cases"]
        assert read_functions(LAYERS / port / name) == theirs, name


@pytest.mark.sweep
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("port", PORTS)
def test_a_port_is_faithful(port: str, name: str) -> None:
    result = check(str(LAYERS / port / name), Options(against=str(LAYERS / name)))

    expected = {
        (function, dtype)
        for function in set(read_functions(LAYERS / name)) - {"cases"}
        for dtype in ("float64", "float32")
    }
    assert result.exit_code == 0, [v.message for v in result.verdicts] + result.notes
    assert {(v.component, v.dtype) for v in result.verdicts} == expected
    assert not result.not_looked_at
    sizes = {(v.component, v.dtype): v.elements for v in result.verdicts}
    derived = {one for one, dtype in sizes if sizes[one, "float64"] > sizes[one, "float32"]}
    assert {one for one, _ in sizes} - derived == {one for one, _ in sizes} & WITHOUT[port]
    assert result.framework == port.removesuffix("_port")
