"""A changed package reads what lies beside its code as the original does."""

from pathlib import Path

from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import import_mutant, write_mutant

EDIT = Edit("mnist.py", "SPLIT_SEED = 0", "SPLIT_SEED = 1")


def test_a_mutant_in_memory_reads_the_embedded_digits() -> None:
    mutant = import_mutant((EDIT,), "trueport.reference")
    assert mutant.read_mnist("embedded").source.endswith("with seed 1")


def test_a_mutant_on_disk_has_the_embedded_digits(tmp_path: Path) -> None:
    folder = write_mutant("trueport.reference", (EDIT,), tmp_path, "mine")
    assert (folder / "digits.npz").exists()
    assert "SPLIT_SEED = 1" in (folder / "mnist.py").read_text(encoding="utf-8")
