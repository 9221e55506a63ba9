"""A changed package finds the digits as the original does."""

import importlib
from pathlib import Path

import pytest

from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import import_mutant, write_mutant

EDIT = Edit("mnist.py", "SPLIT_SEED = 0", "SPLIT_SEED = 1")


def test_a_mutant_in_memory_reads_the_embedded_digits() -> None:
    mutant = import_mutant((EDIT,), "trueport.reference")
    assert mutant.read_mnist("embedded").source.endswith("with seed 1")


def test_a_mutant_on_disk_reads_the_embedded_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mutant("trueport.reference", (EDIT,), tmp_path, "changed_reference")
    monkeypatch.syspath_prepend(tmp_path)
    mutant = importlib.import_module("changed_reference")
    assert mutant.read_mnist("embedded").source.endswith("with seed 1")
