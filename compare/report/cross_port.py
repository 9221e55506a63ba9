"""The ports against each other, as rows of a table."""

from ..judging.results import CrossPortResult, Run
from .wording import format_number, format_share

HEADINGS = ("ports", "dtype", "components", "parted", "furthest apart", "|dW|/|W| in the end")
TABLE_NOTE = (
    "Each port against each other: the largest share of what the roundings of both may come to; "
    "above 1 they compute different numbers."
)


def format_rows(run: Run) -> list[tuple[str, ...]]:
    """Return one row for each pair and dtype, in the order of `HEADINGS`."""
    return [format_row(pair) for pair in run.pairs]


def format_row(pair: CrossPortResult) -> tuple[str, ...]:
    """Return a pair in words.

    >>> format_row(CrossPortResult("torch", "keras", "float64", 23, "softmax", 0.25))
    ('torch, keras', 'float64', '23', 'none', 'softmax (0.25)', '–')
    """
    parted = ", ".join(pair.apart[:3])
    if len(pair.apart) > 3:
        parted += f" and {len(pair.apart) - 3} more"
    far = "–" if pair.param_distance is None else format_number(pair.param_distance, 2)
    return (
        f"{pair.port}, {pair.other}",
        pair.dtype,
        str(pair.compared),
        parted or "none",
        f"{pair.component} ({format_share(pair.budget_used)})",
        far,
    )
