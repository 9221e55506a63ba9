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

from ...suite.fault import TRUTH, Edits, Fault, ParametricFault
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
    what autodiff does not follow: right forms, and those of the twins alone.
    """
    rest = tuple(edit for edit in fault.truth_edits if edit.old not in read_gradient_source())
    if fault.kind == "benign" or not fault.hypothesis or TRUTH not in fault.edits:
        return None
    if not rest or rest == fault.truth_edits:
        return None
    return replace(
        fault,
        form=f"{fault.form}, forward" if fault.form else "forward",
        does=f"{fault.does} The gradient's formula is as it was.",
        edits={TRUTH: rest},
    )


def derive_forward_parametric(parameter: ParametricFault) -> ParametricFault | None:
    """Return the same of a change with a number in it."""

    def leave_gradient(value: float) -> Edits:
        source = read_gradient_source()
        return tuple(edit for edit in parameter.edits(value) if edit.old not in source)

    whole, rest = (edits(parameter.unchanged) for edits in (parameter.edits, leave_gradient))
    if not rest or rest == whole:
        return None
    return replace(
        parameter,
        form=f"{parameter.form}, forward",
        does=f"{parameter.does} The gradient's formula is as it was.",
        edits=leave_gradient,
    )


def collect_parametric_faults(
    everything: tuple[ParametricFault, ...],
) -> tuple[ParametricFault, ...]:
    """Return them all, each change of function and gradient with that of the function alone."""
    forward = (derive_forward_parametric(parameter) for parameter in everything)
    return everything + tuple(parameter for parameter in forward if parameter)


# Passages that a fault changes alike in both layers, and a reader in one of them alone.
TWIN_PASSAGES = (
    ("INITIAL_W1", "INITIAL_W2"),
    ("INITIAL_B1", "INITIAL_B2"),
    ("GRADIENT_B1", "GRADIENT_B2"),
)


def derive_one_layer(fault: Fault) -> list[Fault]:
    """Return the forms that alter one layer's weights as drawn, or bias gradient, and no other."""
    found = []
    for names in TWIN_PASSAGES:
        old = {name[-2:].replace("B", "b"): AT[name].reference for name in names}
        if {edit.old for edit in fault.truth_edits} != set(old.values()):
            continue
        for key, text in old.items():
            found.append(
                replace(
                    fault,
                    form=f"{fault.form}, {key} alone" if fault.form else f"{key} alone",
                    name=f"{fault.name}, in {key} alone",
                    edits={TRUTH: tuple(e for e in fault.truth_edits if e.old == text)},
                )
            )
    return found


# the two branches of the cross-entropy, by the labels that each takes
BRANCHES = {
    "ONE_HOT_SCALE": ("one-hot", "one-hot labels", "With class numbers it is right."),
    "LABELS_SCALE": ("labels", "class numbers", "With one-hot labels it is right."),
}


def derive_one_branch(fault: Fault) -> list[Fault]:
    """Return the forms that scale the loss of one kind of labels alone, and not of the other."""
    old = {AT[name].reference: words for name, words in BRANCHES.items()}
    if fault.kind != "fault" or {edit.old for edit in fault.truth_edits} != set(old):
        return []
    return [
        replace(
            fault,
            form=f"{fault.form}, {form} alone",
            name=f"{fault.name}, for {labels} alone",
            does=f"{fault.does} {rest}",
            edits={TRUTH: (edit,)},
        )
        for edit in fault.truth_edits
        for form, labels, rest in [old[edit.old]]
    ]


def derive_old_slope(fault: Fault) -> Fault | None:
    """Return the form of a new hidden layer whose gradient keeps the slope of the old one.

    Such is a gradient by hand in which the activation was replaced, and its derivative forgotten.
    """
    rest = tuple(e for e in fault.truth_edits if e.old != AT["GRADIENT_DA1"].reference)
    hidden = any(edit.old == AT["GRADIENT_HIDDEN"].reference for edit in rest)
    if not hidden or rest == fault.truth_edits:
        return None
    return replace(
        fault,
        form=f"{fault.form}, old slope" if fault.form else "old slope",
        name=f"{fault.name}, with the sigmoid's derivative",
        does=f"{fault.does} Its derivative is still taken as z1 (1 - z1).",
        edits={TRUTH: rest},
    )


@cache
def read_gradient_source() -> str:
    """Return the source of the reference's `TwoLayerNet.gradient`, to the end of its file."""
    source = read_sources("trueport.reference")["networks.py"]
    return source[source.index("    def gradient(self") :]


def collect_faults(everything: list[Fault]) -> dict[str, Fault]:
    """Return all faults by key, by number and then by form, with the sources of the catalogue.

    Beside each change of function and gradient stands the form that changes the function alone,
    beside each change of two layers, or of two branches, that of one.

    Raises ValueError for a key that stands twice.
    """
    faults: dict[str, Fault] = {}
    everything = everything + [form for fault in everything if (form := derive_forward_only(fault))]
    everything += [form for fault in everything for form in derive_one_layer(fault)]
    everything += [form for fault in everything for form in derive_one_branch(fault)]
    everything += [form for fault in everything if (form := derive_old_slope(fault))]
    for fault in sorted(everything, key=lambda f: (f.id[0], int(f.id[1:]), f.form)):
        if fault.key in faults:
            raise ValueError(f"the key of a fault must be its own (got {fault.key!r} twice)")
        known = CATALOGUE.get(fault.id)
        sources = fault.sources or (known.sources if known else ())
        levels = known.levels if known else fault.levels
        faults[fault.key] = replace(fault, sources=sources, levels=levels)
    return faults


FAULTS = collect_faults(read_faults())
PARAMETRIC_FAULTS = collect_parametric_faults(read_parametric_faults())
