"""One known fault: what it is, in words, and as a change to the code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from ..chapter.faults.catalogue import CATALOGUE
from ..suite.sources import read_sources
from .mutants import Edit

FAULT_KINDS = ("fault", "convention", "benign")


@dataclass(frozen=True)
class Fault:
    """A change that people make to the chapter's code, on purpose or not.

    id: of the catalogue, "F26"; several forms of one fault share it; "R01" and so on are right
    forms of our own, which no catalogue lists. form: a slug that tells them apart, "" if there is
    one alone. kind: "fault" is wrong; "convention" is a defensible alternative that gives other
    numbers; "benign" must never be flagged. name: as a finding names it. does: one sentence on what
    the code then computes. fix: how to mend it, one line each for "numpy", "torch" and "keras".
    edits: the change itself, by package: on "reference" it is the hypothesis and the NumPy mutant,
    on "torch_impl" and "keras_impl" the mutants there, where the fault can be written there.
    dtypes: in which it acts at all. hypothesis: whether the change to the reference can be run on
    error-carrying arrays and so explain a port; if not, it is a mutant alone, unless it is plain: a
    change that rounds on purpose, which plain arrays follow and must do so within the budget of the
    unchanged reference. same_as: the id of another fault whose change to the reference computes the
    same, where a mutant has none of its own. sources: where people met it.

    Where a loss or an activation changes, the reference's gradient formula changes with it, as
    autodiff would have it; `forward` makes of it the form that leaves the formula as it was, as a
    port that writes its gradient by hand would have it.
    """

    id: str
    name: str
    kind: str
    does: str
    fix: Mapping[str, str]
    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)
    form: str = ""
    dtypes: tuple[str, ...] = ("float64", "float32")
    hypothesis: bool = True
    plain: bool = False
    same_as: str = ""
    sources: tuple[str, ...] = field(default=(), repr=False)

    @property
    def key(self) -> str:
        """Unique over all faults: the id and the form.

        >>> Fault("F26", "clip", "convention", "", {}, form="clip").key
        'F26/clip'
        """
        return f"{self.id}/{self.form}" if self.form else self.id

    @property
    def levels(self) -> tuple[str, ...]:
        """Where it can be seen at all: some of "component", "one-step" and "curve".

        >>> Fault("F26", "clip", "convention", "", {}).levels
        ('component',)
        """
        return CATALOGUE[self.id].levels if self.id in CATALOGUE else ("component",)

    def forward(self) -> "Fault | None":
        """The form that leaves the gradient's formula as it was, where the change has two parts.

        None for what autodiff does not follow: right forms, and those of the reference alone.
        """
        edits = self.edits.get("reference", ())
        rest = tuple(edit for edit in edits if edit.old not in read_gradient_source())
        if self.kind == "benign" or not self.hypothesis or len(self.edits) == 1:
            return None
        if not rest or rest == edits:
            return None
        return replace(
            self,
            form=f"{self.form}, forward" if self.form else "forward",
            does=f"{self.does} The gradient's formula is as it was.",
            edits={"reference": rest},
        )


@cache
def read_gradient_source() -> str:
    """The source of the reference's `TwoLayerNet.gradient`, to the end of its file."""
    source = read_sources("trueport.reference")["networks.py"]
    return source[source.index("    def gradient(self") :]


def fix_everywhere(text: str) -> dict[str, str]:
    """A fix that reads the same in every framework."""
    return dict.fromkeys(("numpy", "torch", "keras"), text)


def fix_per_framework(numpy: str, torch: str, keras: str) -> dict[str, str]:
    """A fix for each framework."""
    return {"numpy": numpy, "torch": torch, "keras": keras}


NO_FIX_NEEDED = fix_everywhere("Nothing to mend: it is right.")
