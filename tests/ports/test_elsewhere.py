"""What comes from the user's files outside their file's folder is said not to be judged."""

import sys
import types
from pathlib import Path

import numpy as np
import pytest

from trueport.compare.ports.user_code.elsewhere import describe_elsewhere


def make_module(name: str, file: Path) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = str(file)
    exec("def sigmoid(x):\n    return x\n", vars(module))
    return module


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("common/functions.py", "what comes from ../common/functions.py, outside"),
        ("ch04/functions.py", ""),
        (".venv/site-packages/functions.py", ""),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_file_elsewhere_is_named(
    place: str, said: str, whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_module("a_helper_of_a_test", tmp_path / place)
    monkeypatch.setitem(sys.modules, "a_helper_of_a_test", other)
    port = types.ModuleType("a_port_of_a_test")
    vars(port).update({"F": other} if whole else {"sigmoid": vars(other)["sigmoid"]}, np=np)
    roots = [tmp_path / "ch04", tmp_path]
    found = describe_elsewhere(port, tmp_path / "ch04", roots)
    assert found.startswith(said) if said else not found
