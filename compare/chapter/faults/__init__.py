"""The table of known faults: each an executable change to the reference.

Where it can be written in the twins, it is one to them too.

To add one, add an entry to the file of tables/ that it belongs to; `FAULTS` has it by its key.

>>> FAULTS["F26/clip"].name
'probabilities clipped at both ends'
>>> list(FAULTS["F80"].edits)
['reference', 'torch_impl', 'keras_impl']
"""

from dataclasses import replace
from functools import cache

from ...suite.fault import TRUTH, Fault
from ...suite.sources import read_sources
from .catalogue import CATALOGUE
from .excluded import EXCLUDED_FAULTS
from .patch_points import AT
from .tables import read_faults, read_parametric_faults

__all__ = ["CATALOGUE", "EXCLUDED_FAULTS", "FAULTS", "PARAMETRIC_FAULTS", "Fault"]


def derive_forward_only(fault: Fault) -> Fault | None:
    """Return the form that leaves the gradient's formula as it was, where a change has two parts.

    Where a loss or an activation changes, the reference's gradient formula changes with it, as
    autodiff would have it. This is the form of a port that writes its gradient by hand. None for
    what autodiff does not follow: right forms, and those of the reference alone.
    """
    rest = tuple(edit for edit in fault.truth_edits if edit.old not in read_gradient_source())
    if fault.kind == "benign" or not fault.hypothesis or len(fault.edits) == 1:
        return None
    if not rest or rest == fault.truth_edits:
        return None
    return replace(
        fault,
        form=f"{fault.form}, forward" if fault.form else "forward",
        does=f"{fault.does} The gradient's formula is as it was.",
        edits={TRUTH: rest},
    )


def derive_one_matrix(fault: Fault) -> list[Fault]:
    """Return the forms that alter one of the two weight matrices as drawn, and the other not."""
    drawn = {key: AT[f"INITIAL_{key}"].reference for key in ("W1", "W2")}
    if {edit.old for edit in fault.truth_edits} != set(drawn.values()):
        return []
    return [
        replace(
            fault,
            form=f"{fault.form}, {key} alone" if fault.form else f"{key} alone",
            name=f"{fault.name} {key}",
            does=f"{fault.does} So is {key}; the other is right.",
            edits={TRUTH: tuple(edit for edit in fault.truth_edits if edit.old == old)},
        )
        for key, old in drawn.items()
    ]


@cache
def read_gradient_source() -> str:
    """Return the source of the reference's `TwoLayerNet.gradient`, to the end of its file."""
    source = read_sources("trueport.reference")["networks.py"]
    return source[source.index("    def gradient(self") :]


def collect_faults(everything: list[Fault]) -> dict[str, Fault]:
    """Return all faults by key, by number and then by form, with the sources of the catalogue.

    Beside each change of function and gradient stands the form that changes the function alone,
    beside each change of two matrices that of one.

    Raises ValueError for a key that stands twice.
    """
    faults: dict[str, Fault] = {}
    everything = everything + [form for fault in everything if (form := derive_forward_only(fault))]
    everything += [form for fault in everything for form in derive_one_matrix(fault)]
    for fault in sorted(everything, key=lambda f: (f.id[0], int(f.id[1:]), f.form)):
        if fault.key in faults:
            raise ValueError(f"the key of a fault must be its own (got {fault.key!r} twice)")
        known = CATALOGUE.get(fault.id)
        sources = fault.sources or (known.sources if known else ())
        levels = known.levels if known else fault.levels
        faults[fault.key] = replace(fault, sources=sources, levels=levels)
    return faults


FAULTS = collect_faults(read_faults())
PARAMETRIC_FAULTS = read_parametric_faults()
