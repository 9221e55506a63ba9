"""The table of known faults: each an executable change to the reference.

Where it can be written in the twins, it is one to them too.

To add one, add a `Fault` to the tuple of the file that it belongs to; `FAULTS` has it by its key.

>>> FAULTS["F26/clip"].name
'probabilities clipped at both ends'
>>> list(FAULTS["F80"].edits)
['reference', 'torch_impl', 'keras_impl']
"""

from dataclasses import replace
from functools import cache

from ...suite.fault import TRUTH, Fault
from ...suite.sources import read_sources
from .activations import ACTIVATION_FAULTS
from .arithmetic import ARITHMETIC_FAULTS
from .backward import BACKWARD_FAULTS
from .catalogue import CATALOGUE
from .data import DATA_FAULTS
from .differences import DIFFERENCE_FAULTS
from .entropy import CROSS_ENTROPY_FAULTS
from .equivalent_mutants import EQUIVALENT_MUTANTS
from .excluded import EXCLUDED_FAULTS
from .initialisation import INITIALISATION_FAULTS
from .labels import LABEL_FAULTS
from .networks import NETWORK_FAULTS
from .optimisers import OPTIMISER_FAULTS
from .scaling import SCALING_FAULTS
from .squares import SQUARED_ERROR_FAULTS
from .training import TRAINING_FAULTS

__all__ = ["CATALOGUE", "EXCLUDED_FAULTS", "FAULTS", "Fault"]


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


@cache
def read_gradient_source() -> str:
    """Return the source of the reference's `TwoLayerNet.gradient`, to the end of its file."""
    source = read_sources("trueport.reference")["networks.py"]
    return source[source.index("    def gradient(self") :]


def collect_faults(*tables: tuple[Fault, ...]) -> dict[str, Fault]:
    """Return all faults by key, by number and then by form, with the sources of the catalogue.

    Beside each change of function and gradient stands the form that changes the function alone.

    Raises ValueError for a key that stands twice.
    """
    faults: dict[str, Fault] = {}
    everything = [fault for table in tables for fault in table]
    everything += [form for fault in everything if (form := derive_forward_only(fault))]
    for fault in sorted(everything, key=lambda f: (f.id[0], int(f.id[1:]), f.form)):
        if fault.key in faults:
            raise ValueError(f"the key of a fault must be its own (got {fault.key!r} twice)")
        known = CATALOGUE.get(fault.id)
        sources = fault.sources or (known.sources if known else ())
        levels = known.levels if known else fault.levels
        faults[fault.key] = replace(fault, sources=sources, levels=levels)
    return faults


FAULTS = collect_faults(
    ACTIVATION_FAULTS,
    ARITHMETIC_FAULTS,
    BACKWARD_FAULTS,
    DATA_FAULTS,
    DIFFERENCE_FAULTS,
    CROSS_ENTROPY_FAULTS,
    INITIALISATION_FAULTS,
    LABEL_FAULTS,
    NETWORK_FAULTS,
    OPTIMISER_FAULTS,
    EQUIVALENT_MUTANTS,
    SCALING_FAULTS,
    SQUARED_ERROR_FAULTS,
    TRAINING_FAULTS,
)
