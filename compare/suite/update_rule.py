"""An update rule with numbers in it, as a change to a suite's training loop."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from .fault import TRUTH, Edits, Fault, fix_everywhere

LEARNING_RATE = "learning rate"
NEUTRAL_VALUES = {"momentum": 0.0, "weight decay": 0.0, "decay": 0.0, "factor": 1.0}
UPDATE_RULE_FIX = fix_everywhere(
    "params[key] -= learning_rate * grad[key], with the learning rate that is meant; or name the "
    "rule that is meant."
)


@dataclass(frozen=True)
class UpdateRule:
    """One rule of updates, with numbers in it, as a change to the loop; else as a `Fault`."""

    id: str
    form: str
    name: str  # with {0}, {1} for the numbers, and so does
    kind: str
    does: str
    numbers: tuple[str, ...]  # their names; "learning rate" starts from the one that was meant
    edits: Callable[..., Edits]  # of the numbers
    starts: tuple[float, ...] = ()  # the others' values where the search begins
    alike: str = ""  # what gives the same numbers, and what would tell it apart
    same: tuple[str, ...] = ()  # other ids of the catalogue for the same function
    fix: dict[str, str] = field(default_factory=lambda: UPDATE_RULE_FIX)

    def start(self, learning_rate: float) -> list[float]:
        """Return the values where the search begins."""
        given = dict(zip(self.numbers, self.starts, strict=False))
        return [given.get(n, learning_rate if n == LEARNING_RATE else 0.0) for n in self.numbers]

    def unchanged(self, learning_rate: float, optimizers: Collection[str]) -> list[float | None]:
        """Return the values at which the numbers change nothing; None for one that always does."""
        if self.id in optimizers:
            return [None] * len(self.numbers)
        neutral = NEUTRAL_VALUES | {LEARNING_RATE: learning_rate}
        return [neutral.get(name) for name in self.numbers]

    def fault(self, values: tuple[float, ...], errors: tuple[float, ...]) -> Fault:
        """Return the fault that this rule is at these values, each with its uncertainty.

        >>> rule = UpdateRule("F08", "", "rate {0}", "fault", "It is {0}.", ("rate",), lambda r: ())
        >>> rule.fault((0.05,), (1e-9,)).name
        'rate 0.05'
        """
        told = [f"{value:.12g}" for value in values]
        known = ", ".join(
            f"{name} {value} within {error:.1g}"
            for name, value, error in zip(self.numbers, told, errors, strict=True)
        )
        return Fault(
            self.id,
            form=f"{self.form} {' '.join(told)}".strip(),
            name=self.name.format(*told),
            kind=self.kind,
            does=f"{self.does.format(*told)} Found: {known}." if known else self.does,
            fix=self.fix,
            edits={TRUTH: self.edits(*values)},
            hypothesis=False,
        )
