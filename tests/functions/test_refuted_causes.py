"""A cause that fits the calls given alone: it is none, and what it hid is looked for."""

from pathlib import Path

import pytest

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

REFERENCE = """
import numpy as np


def scale(x):
    heads, size = x.shape[0], x.shape[1]
    return x / np.sqrt(size)


def cases():
    yield "scale", {"x": np.random.default_rng(0).normal(size=(2, 3))}
    yield "scale again", {"x": np.random.default_rng(1).normal(size=(2, 3))}
"""
CASES = REFERENCE.partition("def cases")[1] + REFERENCE.partition("def cases")[2]


def check_text(folder: Path, port: str) -> dict[str, object]:
    """Return what is said of a port's function: its cause as a diff, and what is known."""
    for name, text in (("reference.py", REFERENCE), ("port.py", port)):
        (folder / name).write_text(text, encoding="utf-8")
    options = Options(against=str(folder / "reference.py"), dtypes=("float64",))
    first = check(str(folder / "port.py"), options).first_divergence
    assert first is not None
    return {"diff": (first.cause or {}).get("diff", ""), "known": " ".join(first.known)}


def test_a_factor_that_holds_for_one_size_hides_no_product(tmp_path: Path) -> None:
    told = check_text(tmp_path, REFERENCE.replace("np.sqrt(size)", "np.sqrt(heads * size)"))
    assert "heads" in str(told["diff"]) + str(told["known"])
    assert "0.7071" not in str(told["diff"])


@pytest.mark.sweep
def test_a_change_that_holds_in_the_calls_alone_is_told_as_such(tmp_path: Path) -> None:
    odd = REFERENCE.replace("np.sqrt(size)", "(np.sqrt(size) + 0.25 * (size == 3))")
    told = check_text(tmp_path, odd)
    assert told["diff"] == ""
    assert "this fits your calls, but not others like them" in str(told["known"])
