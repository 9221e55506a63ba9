"""In what order the causes that explain the same are named."""

from collections.abc import Sequence

from .diagnose import Explanation
from .experiments import Experiments


def rank_fits(
    fits: Sequence[Explanation], component: str, dtype: str, experiments: Experiments
) -> list[Explanation]:
    """Return causes in the order in which they are named.

    Faults first: where one explains it as well, nobody can say that it is but a convention. Then
    what leaves the parts of the component as they are, what changes less, and of the forms of one
    cause the whole one, of function and gradient.
    """
    if len(fits) < 2 or fits[0].fault.diff:  # edits are in their order
        return list(fits)
    least: dict[str, int] = {}
    for fit in fits:
        size = len(fit.fault.truth_edits)
        least[fit.label] = min(size, least.get(fit.label, size))

    def rank(fit: Explanation) -> tuple[bool, bool, int, str, int]:
        edits = fit.fault.truth_edits
        altered = experiments.alters_parts(edits, component, dtype)
        return (
            fit.fault.kind == "convention",
            altered,
            least[fit.label],
            fit.label,
            -len(edits),
        )

    return sorted(fits, key=rank)
