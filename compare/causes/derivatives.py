"""A difference that is the exact derivative of what an earlier finding's cause makes of a loss.

Where a loss has no epsilon, the gradient of a loss without one is right, and no finding besides.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from ..suite.fault import TRUTH, Edits, Fault
from .diagnose import Diagnosis


def find_derivative(
    diagnosis: Diagnosis, roots: Collection[str], found: Mapping[str, Diagnosis]
) -> tuple[str, Fault] | None:
    """Return the earlier finding of whose cause a fit is the derivative, and that fit; else None.

    roots: the components that have a cause. found: the diagnosis of each.
    """
    for fit in diagnosis.fits:
        for name in roots if fit.fault.derivative_of and not fit.second_fault else ():
            if found[name].fits[0].fault.id == fit.fault.derivative_of:
                return name, fit.fault
    return None


def add_derivative(diagnosis: Diagnosis, derivative: Fault) -> Edits:
    """Make the causes of an earlier finding have this derivative; return the edits of the first."""
    # what is said of a cause should not be that its gradient is as it was
    diagnosis.fits.sort(key=lambda fit: fit.fault.form.endswith("forward"))
    replaced = {edit.old for edit in derivative.truth_edits}
    for number, fit in enumerate(diagnosis.fits):
        kept = tuple(edit for edit in fit.fault.truth_edits if edit.old not in replaced)
        edits = {**fit.fault.edits, TRUTH: kept + derivative.truth_edits}
        diagnosis.fits[number] = replace(fit, fault=replace(fit.fault, edits=edits))
    return diagnosis.fits[0].fault.truth_edits
