"""A module of the chapter can be the first that is imported: none waits for another in a circle."""

import subprocess
import sys

import pytest
from paths import ROOT

CODE = """
import importlib, sys
for name in sys.argv[1:]:
    for loaded in [m for m in sys.modules if m.partition(".")[0] == "trueport"]:
        del sys.modules[loaded]
    importlib.import_module(name)
"""
ELSEWHERE = {"idiomatic"}  # in a process of each framework: tests/test_doctests.py


@pytest.mark.sweep
def test_each_module_can_be_imported_first() -> None:
    home = ROOT / "compare" / "chapter"
    names = [
        ".".join(("trueport", "compare", *path.relative_to(home.parent).with_suffix("").parts))
        for path in sorted(home.rglob("*.py"))
        if not ELSEWHERE & set(path.parts)
    ]
    names = [name.removesuffix(".__init__") for name in names]
    ran = subprocess.run(
        [sys.executable, "-c", CODE, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, len(names) > 40) == (0, True), ran.stderr
