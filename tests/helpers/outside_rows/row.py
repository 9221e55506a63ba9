"""One row of the table, and its words."""

from dataclasses import dataclass, field
from pathlib import Path

from paths import DATA

HERE = DATA / "cases"
FAITHFUL, UNFAITHFUL, NOT_COMPARABLE, CONVENTION = range(4)
ENTROPY, SQUARES, PREDICT = "cross_entropy_error", "sum_squares_error", "TwoLayerNet.predict"
LOSS, GRADIENT = "TwoLayerNet.loss", "TwoLayerNet.gradient"


@dataclass(frozen=True)
class Row:
    """A file, the exit status, the first finding and the ids of its cause, and what is said.

    causes: of the first finding, these and no others; empty where it has none.
    silent: what must not be said. needs_no: a package without which alone the row means anything.
    """

    file: str
    ends: int
    first: str = ""
    causes: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    quick: bool = False
    folder: Path = field(default=HERE)
    silent: tuple[str, ...] = ()
    needs_no: str = ""


ACCURACY, SOFTMAX = "TwoLayerNet.accuracy", "softmax"
JUDGED = "faithful: the same as the chapter's in"
