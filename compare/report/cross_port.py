"""The ports against each other, as rows of a table."""

from ..judging.results import Pair, Run
from .wording import number, share

HEADS = ("ports", "dtype", "components", "parted", "furthest apart", "|dW|/|W| in the end")
NOTE = (
    "Each port against each other: the largest share of what the roundings of both may come to; "
    "above 1 they compute different numbers."
)


def rows(run: Run) -> list[tuple[str, ...]]:
    """One row for each pair and dtype, in the order of `HEADS`."""
    return [row(pair) for pair in run.pairs]


def row(pair: Pair) -> tuple[str, ...]:
    """A pair in words.

    >>> row(Pair("torch", "keras", "float64", 23, "softmax", 0.25))
    ('torch, keras', 'float64', '23', 'none', 'softmax (0.25)', '–')
    """
    parted = ", ".join(pair.apart[:3])
    if len(pair.apart) > 3:
        parted += f" and {len(pair.apart) - 3} more"
    far = "–" if pair.param_distance is None else number(pair.param_distance, 2)
    return (
        f"{pair.port}, {pair.other}",
        pair.dtype,
        str(pair.compared),
        parted or "none",
        f"{pair.component} ({share(pair.budget_used)})",
        far,
    )
