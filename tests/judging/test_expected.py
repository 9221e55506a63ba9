"""What a changed reference gives for a case: draws too, and the same every time."""

import numpy as np
import pytest

from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging import expected
from trueport.compare.judging.expected import DRAW_COUNT, compute_values, expected_outputs
from trueport.compare.suite.case import Case
from trueport.compare.suite.mutants import import_mutant

NUMBERS = {"train_size": 50, "batch_size": 20, "iters_num": 3, "seed": 3}
DRAWS = [
    (Case("initialisation", "small", {"d": 6, "h": 5, "k": 4}), "F70", "mean of W1"),
    (Case("batch_masks", "small", NUMBERS), "F35", "mean"),
]


@pytest.mark.parametrize(
    ("case", "fault", "key"), DRAWS, ids=lambda value: getattr(value, "id", "")
)
def test_draws_of_a_changed_reference_differ_and_repeat(
    case: Case, fault: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the caller's own generator goes on as if nothing had been drawn."""
    seen: list[list[float]] = []
    summarize = expected.summarize_draws

    def watch(draws):
        seen.append([float(draw[key]) for draw in draws])
        return summarize(draws)

    monkeypatch.setattr(expected, "summarize_draws", watch)
    mutant = import_mutant(FAULTS[fault].truth_edits, CHAPTER.truth)
    np.random.seed(1)
    want = np.random.rand()
    for seed in (1, 2):
        np.random.seed(seed)
        truth = expected_outputs(CHAPTER, case, "float64", mutant)[key]
        once = compute_values(CHAPTER, case, "float64", mutant)[key]
        assert truth.statistical
        assert abs(once - truth.want) <= truth.allowed
        seen[-1].append(float(once))
        assert (np.random.rand() == want) == (seed == 1)
    assert seen[0] == seen[1]
    assert len(seen[0]) == DRAW_COUNT + 1
    assert len(set(seen[0][:DRAW_COUNT])) == DRAW_COUNT
