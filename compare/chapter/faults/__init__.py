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
from .activations import ACTIVATIONS
from .arithmetic import ARITHMETIC
from .backward import BACKWARD
from .catalogue import CATALOGUE
from .data import DATA
from .differences import DIFFERENCES
from .entropy import ENTROPIES
from .equivalent_mutants import RIGHT
from .excluded import LEFT_OUT
from .initialisation import INITIALISATIONS
from .labels import LABEL_FAULTS
from .networks import NETWORKS
from .optimisers import OPTIMISERS
from .scaling import SCALES
from .squares import SQUARE_ERRORS
from .training import TRAINING

__all__ = ["CATALOGUE", "FAULTS", "LEFT_OUT", "Fault"]


def collect(*tables: tuple[Fault, ...]) -> dict[str, Fault]:
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


FAULTS = collect(
    ACTIVATIONS,
    ARITHMETIC,
    BACKWARD,
    DATA,
    DIFFERENCES,
    ENTROPIES,
    INITIALISATIONS,
    LABEL_FAULTS,
    NETWORKS,
    OPTIMISERS,
    RIGHT,
    SCALES,
    SQUARE_ERRORS,
    TRAINING,
)
