"""One known fault: what it is, in words, and as a change to the code."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from compare.variants import Edit

KINDS = ("fault", "convention", "benign")


@dataclass(frozen=True)
class Fault:
    """A change that people make to the chapter's code, on purpose or not.

    id: of the catalogue, "F26"; several forms of one fault share it. form: a slug that tells them
    apart, "" if there is one alone. kind: "fault" is wrong; "convention" is a defensible
    alternative that gives other numbers; "benign" must never be flagged. name: as a finding names
    it. does: one sentence on what the code then computes. fix: how to mend it, one line each for
    "numpy", "torch" and "keras". edits: the change itself, by package: on "reference" it is the
    hypothesis and the NumPy mutant, on "torch_impl" and "keras_impl" the mutants there, where the
    fault can be written there. dtypes: in which it acts at all. sources: where people met it.
    """

    id: str
    name: str
    kind: str
    does: str
    fix: Mapping[str, str]
    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)
    form: str = ""
    dtypes: tuple[str, ...] = ("float64", "float32")
    sources: tuple[str, ...] = field(default=(), repr=False)

    @property
    def key(self) -> str:
        """Unique over all faults: the id and the form.

        >>> Fault("F26", "clip", "convention", "", {}, form="clip").key
        'F26/clip'
        """
        return f"{self.id}/{self.form}" if self.form else self.id
