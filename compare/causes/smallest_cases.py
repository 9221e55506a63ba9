"""The cases in which a change must move anything at all, before it is tried on others."""

from collections.abc import Iterable

from ..suite.case import Case

MAX_SCREENING_CASES = 8  # of the smallest cases, in which a change must move anything at all


def find_smallest(cases: Iterable[Case]) -> list[Case]:
    """Return the smallest few of a component's cases, and of each form the smallest.

    >>> import numpy as np
    >>> forms = [""] * 10 + ["long"] * 10
    >>> cases = [Case("c", str(n), {"x": np.zeros(n)}, form=form) for n, form in enumerate(forms)]
    >>> [case.size for case in find_smallest(cases)]
    [0, 1, 2, 3, 4, 5, 6, 7, 10]
    """
    own = sorted(cases, key=lambda case: case.size)
    of_forms = {case.form: case for case in reversed(own)}
    chosen = {case.id: case for case in (*own[:MAX_SCREENING_CASES], *of_forms.values())}
    return list(chosen.values())
