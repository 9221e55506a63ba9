"""The table of known faults: each an executable change to the reference and, where it can be
written there, to the twins.

To add one, add a `Fault` to the tuple of the file that it belongs to; `FAULTS` has it by its key.

>>> FAULTS["F26/clip"].name
'probabilities clipped at both ends'
>>> list(FAULTS["F80"].edits)
['reference', 'torch_impl', 'keras_impl']
"""

from dataclasses import replace

from ...causes.fault import Fault
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


def collect_faults(*tables: tuple[Fault, ...]) -> dict[str, Fault]:
    """All faults by key, by number and then by form, with the sources of the catalogue, and beside
    each change of function and gradient the form that changes the function alone.

    Raises ValueError for a key that stands twice.
    """
    faults: dict[str, Fault] = {}
    everything = [fault for table in tables for fault in table]
    everything += [form for fault in everything if (form := fault.forward())]
    for fault in sorted(everything, key=lambda f: (f.id[0], int(f.id[1:]), f.form)):
        if fault.key in faults:
            raise ValueError(f"the key of a fault must be its own (got {fault.key!r} twice)")
        known = CATALOGUE.get(fault.id)
        sources = fault.sources or (known.sources if known else ())
        faults[fault.key] = replace(fault, sources=sources)
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
