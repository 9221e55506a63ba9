"""The examples in the benchmarks; a module that imports a framework has none."""

import doctest
from types import ModuleType

import pytest

from benchmarks import figures
from benchmarks.audit import page


@pytest.mark.parametrize("module", [figures, page], ids=lambda module: module.__name__)
def test_the_examples_are_right(module: ModuleType) -> None:
    assert doctest.testmod(module, raise_on_error=True).attempted > 0
