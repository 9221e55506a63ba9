"""The notebook of the examples: its cells run in order, and no output in it grows old."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

NOTEBOOK = ROOT / "examples" / "check_a_port.ipynb"
# as a kernel does: one namespace, and what stands at the end of a cell is shown
RUNNER = """
import ast, json, sys

names = {"__name__": "__main__"}
for number, source in enumerate(json.load(sys.stdin)):
    print(f"--- {number}")
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"cell {number}", "exec"), names)
    if last is not None:
        shown = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
        if shown is not None:
            print(repr(shown))
            print(shown._repr_html_())
"""


def read_cells() -> list[dict]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_the_notebook_is_one_and_holds_no_outputs() -> None:
    record = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert record["nbformat"] == 4
    for cell in record["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.sweep
def test_every_cell_runs_and_shows_what_the_text_says(tmp_path: Path) -> None:
    sources = ["".join(c["source"]) for c in read_cells() if c["cell_type"] == "code"]
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(sources),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    shown = [text.partition("\n")[2] for text in done.stdout.split("--- ")[1:]]
    assert len(shown) == len(sources)
    wrong, told, right, passed, off, run, frame = shown[2], shown[3], *shown[4:]
    assert "unfaithful, first at 'softmax'>" in wrong
    assert "softmax over the whole batch" in wrong
    assert told.startswith("unfaithful 1\n")
    assert "softmax float64 F56" in told
    assert "my_port.py': faithful>" in right
    assert passed == ""
    assert "softmax is not faithful on these inputs" in off
    assert ": reference faithful, torch faithful>" in run
    assert "reference" in frame
    assert not list(tmp_path.iterdir())  # nothing is left beside the notebook
