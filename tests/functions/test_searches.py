"""What is looked for beside one edit: several numbers, two edits of a scalar, float32 inside."""

from pathlib import Path

import pytest
from edit_search import make_search

from trueport.compare.functions.edit_search import EditSearch
from trueport.compare.functions.find_fits import find_fits
from trueport.compare.functions.numbers import search_numbers
from trueport.compare.functions.scalar_pairs import search_scalar_pairs
from trueport.compare.functions.several_numbers import search_several_numbers
from trueport.compare.functions.single_precision import is_off_by_float32

STEP = """
import numpy as np


def step(p, g, m, lr=0.01, beta=0.9, decay=0.1):
    m = beta * m + (1 - beta) * g
    return p - lr * (m + decay * p), m


def cases():
    rng = np.random.default_rng(0)
    yield "step", {"p": rng.normal(size=6), "g": rng.normal(size=6), "m": rng.normal(size=6)}
    yield "step fast", {
        "p": rng.normal(size=4), "g": rng.normal(size=4), "m": rng.normal(size=4), "lr": 0.5
    }
"""
LOSS = """
import numpy as np


def loss(x, y, smoothing=0.1):
    k = x.shape[1]
    z = x - x.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    target = (1 - smoothing) * y + smoothing / k
    return -(target * logp).sum() / x.shape[0]


def cases():
    rng = np.random.default_rng(0)
    for rows in (3, 4):
        yield f"loss of {rows}", {"x": rng.normal(size=(rows, 5)), "y": np.eye(5)[:rows]}
"""


def list_lines(search: EditSearch, texts: dict[str, str]) -> str:
    """Return the changed text of the function that is searched."""
    return texts[search.name]


def test_several_numbers_are_estimated_at_once(tmp_path: Path) -> None:
    port = STEP.replace("beta=0.9", "beta=0.75").replace("decay=0.1", "decay=0.33")
    search = make_search(tmp_path, STEP, port, "step")
    assert search_numbers(search) == []
    (fit,) = search_several_numbers(search)
    assert "def step(p, g, m, lr=0.01, beta=0.75, decay=0.33):" in list_lines(search, fit.texts)


def test_a_number_in_the_place_of_an_argument_is_estimated(tmp_path: Path) -> None:
    port = STEP.replace("p - lr *", "p - 0.07 *")
    search = make_search(tmp_path, STEP, port, "step")
    assert any("p - 0.07 * (m" in list_lines(search, f.texts) for f in search_numbers(search))


def test_numbers_are_not_estimated_from_as_few(tmp_path: Path) -> None:
    port = LOSS.replace("smoothing=0.1", "smoothing=0.23").replace(".sum() /", ".sum() * 1.3 /")
    search = make_search(tmp_path, LOSS, port, "loss")
    assert search_several_numbers(search) == []


def test_two_edits_seen_through_one_number_are_found(tmp_path: Path) -> None:
    port = LOSS.replace("smoothing / k", "smoothing / (k - 1)").replace("/ x.shape[0]", "")
    search = make_search(tmp_path, LOSS, port, "loss")
    (fit,) = search_scalar_pairs(search, 0, 1, lambda: False)
    lines = list_lines(search, fit.texts)
    assert "k - 1" in lines or "x.shape[1] - 1" in lines
    assert "sum() / x.shape[0]" not in lines


FLOAT32 = LOSS.replace("z = x -", "z = x.astype(np.float32) -")


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (FLOAT32.replace("(1 - smoothing) * y", "np.float32(1 - smoothing) * y"), True),
        (LOSS.replace("np.exp(z).sum", "(np.exp(z) + 1e-12).sum"), False),
        (LOSS.replace("smoothing=0.1", "smoothing=0.2"), False),
    ],
    ids=["float32 inside", "a small term", "another number"],
)
def test_float32_inside_float64_is_told_from_a_small_term(
    port: str, said: bool, tmp_path: Path
) -> None:
    assert is_off_by_float32(make_search(tmp_path, LOSS, port, "loss")) == said


def test_what_changes_nothing_is_no_cause(tmp_path: Path) -> None:
    search = make_search(tmp_path, LOSS, LOSS, "loss")
    assert find_fits(search) == []
