"""Known changes to a reference: what they are, in words, and as edits of its source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

FAULT_KINDS = ("fault", "convention", "limit", "benign")
TRUTH = "reference"  # the package, among those of `Fault.edits`, that the suite's truth is


@dataclass(frozen=True)
class Edit:
    """One change of a source file: `old`, which stands there exactly once, becomes `new`."""

    file: str
    old: str
    new: str


Edits = tuple[Edit, ...]


@dataclass(frozen=True)
class Fault:
    """A change that people make to the code, on purpose or not.

    kind: "fault" is wrong; "convention" is a defensible alternative that gives other numbers;
        "limit" is a form that the suite's own source prints for some inputs alone; "benign" must
        never be flagged.
    edits: the change itself, by package: on "reference" it is the hypothesis and the NumPy mutant,
        on "torch_impl" and "keras_impl" the mutants there, where the fault can be written there.
    hypothesis: whether the change to the reference can be run on error-carrying arrays and so
        explain a port; if not, it is a mutant alone, unless it is plain: it rounds on purpose, and
        plain arrays must follow it within the budget of the unchanged reference.
    upon: the key of another fault, upon whose change this one is made; it is named beside it.
    told_by: the input whose length must differ among the cases, or any factor would do as well.
    derivative_of: the id of another, of which this one is what follows by right: no finding beside.
    diff: of one that is on no list, but was found as an edit of the truth: that, as a unified diff.
    """

    id: str  # of the catalogue, "F26", shared by its forms; "R01" and so on are right forms of ours
    name: str  # as a finding names it
    kind: str
    does: str  # one sentence on what the code then computes
    fix: Mapping[str, str]  # how to mend it, one line each for "numpy", "torch" and "keras"
    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)
    form: str = ""  # a slug that tells forms apart, "" if there is one alone
    dtypes: tuple[str, ...] = ("float64", "float32")  # in which it acts at all
    hypothesis: bool = True
    plain: bool = False
    upon: str = ""
    told_by: str = ""
    derivative_of: str = ""
    same_as: str = ""  # the id of another whose change computes the same, for want of an own mutant
    sources: tuple[str, ...] = field(default=(), repr=False)  # where people met it
    levels: tuple[str, ...] = ("component",)  # where it shows: "component", "one-step", "curve"
    diff: str = ""

    @property
    def key(self) -> str:
        """Unique over all faults: the id and the form.

        >>> Fault("F26", "clip", "convention", "", {}, form="clip").key
        'F26/clip'
        """
        return f"{self.id}/{self.form}" if self.form else self.id

    @property
    def truth_edits(self) -> Edits:
        """Its change to the suite's truth; empty for what can be written in the ports alone."""
        return tuple(self.edits.get(TRUTH, ()))


def fix_everywhere(text: str) -> dict[str, str]:
    """Return a fix that reads the same in every framework."""
    return dict.fromkeys(("numpy", "torch", "keras"), text)


@dataclass(frozen=True)
class ParametricFault:
    """A fault with a number in it; name and does hold {value} and {error}."""

    id: str
    form: str
    name: str
    kind: str
    does: str
    fix: str
    unchanged: float  # its value in the reference
    positive: bool  # a scale, estimated by its logarithm
    edits: Callable[[float], Edits]  # of a value
    slope_step: float = 1e-6  # its error only slows the steps down
    upon: str = ""  # as of `Fault`

    def fault(self, value: float, error: float) -> Fault:
        """Return the fault that this parameter is at a value, with its uncertainty."""
        words = {"value": f"{value:.12g}", "error": f"{error:.1g}"}
        return Fault(
            self.id,
            form=f"{self.form} {value:.12g}",
            name=self.name.format(**words),
            kind=self.kind,
            does=self.does.format(**words),
            fix=fix_everywhere(self.fix),
            edits={TRUTH: self.edits(value)},
            upon=self.upon,
        )
