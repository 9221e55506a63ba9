"""The table of known faults: each an executable change to the reference and, where it can be
written there, to the twins.

To add one, add a `Fault` to the tuple of the file that it belongs to; `FAULTS` has it by its key.

>>> FAULTS["F26/clip"].name
'probabilities clipped at both ends'
>>> list(FAULTS["F80"].edits)
['reference', 'torch_impl', 'keras_impl']
"""

from dataclasses import replace

from compare.faults.activations import ACTIVATIONS
from compare.faults.arithmetic import ARITHMETIC
from compare.faults.backward import BACKWARD
from compare.faults.catalogue import CATALOGUE
from compare.faults.data import DATA
from compare.faults.differences import DIFFERENCES
from compare.faults.entropy import ENTROPIES
from compare.faults.fault import Fault
from compare.faults.initialisation import INITIALISATIONS
from compare.faults.labels import LABEL_FAULTS
from compare.faults.left_out import LEFT_OUT
from compare.faults.networks import NETWORKS
from compare.faults.optimisers import OPTIMISERS
from compare.faults.right import RIGHT
from compare.faults.scaling import SCALES
from compare.faults.squares import SQUARE_ERRORS
from compare.faults.training import TRAINING

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
