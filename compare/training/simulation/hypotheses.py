"""What may make a training depart: the changes that are tried, and those that were found."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...suite.fault import Edits, Fault
from ...suite.suite import Suite
from ...suite.training_task import TrainingFaults
from ...suite.update_rule import UpdateRule

FIT_MARGIN = 0.3  # of the envelope, by which one cause fits clearly better than another


@dataclass(frozen=True)
class TrainingCause:
    """A change that reproduces the recording.

    used: the largest share of its envelope.
    steps: on how many it was held against the recording.
    size, left: the largest difference to the reference and to the changed one.
    grads, loss: whether these agree too where the parameters do.
    alike, same: as of a rule.
    values: the numbers that were found, by name, each with its uncertainty.
    """

    fault: Fault
    used: float
    steps: int
    size: float
    left: float
    grads: bool = True
    loss: bool = True
    alike: str = ""
    same: tuple[str, ...] = ()
    values: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def edits(self) -> Edits:
        """The change to the reference."""
        return self.fault.truth_edits


def rank_causes(faults: TrainingFaults, fits: list[TrainingCause]) -> list[TrainingCause]:
    """Those that give the recorded gradients too, if any do, and the losses; the best first."""
    if not fits:
        return []
    agreeing = [cause for cause in fits if cause.grads] or fits
    agreeing = [cause for cause in agreeing if cause.loss] or agreeing
    # where the number given may simply have been another, that goes first
    plain = (faults.update_rules[0].id, *faults.update_rules[0].numbers)
    agreeing.sort(key=lambda cause: (cause.fault.id, *cause.values) != plain)
    least = min(cause.used for cause in agreeing)
    # rules stand in the order of how common they are: a better fit must be clearly better
    return sorted(agreeing, key=lambda cause: cause.used > least + FIT_MARGIN)


def generate_discrete_faults(suite: Suite, loop_alone: bool) -> Iterator[Fault]:
    """Yield the changes without a number: of the loop alone, or of what it calls too.

    The catalogue's forms first: a recording of less than an epoch cannot tell them from the rarer.
    """
    special = suite.task.faults
    allowed = {"training.py"} if loop_alone else special.files
    for fault in suite.faults.values():
        if not fault.hypothesis or fault.kind == "benign" or not fault.truth_edits:
            continue
        estimated = fault.id in special.rule_ids or fault.key in special.rule_keys
        if not estimated and {edit.file for edit in fault.truth_edits} <= allowed:
            yield fault
    yield from special.loop


def generate_logging_faults(suite: Suite) -> Iterator[Fault]:
    """Yield the changes of what is logged as the loss."""
    yield suite.task.faults.loss_before_update
    yield suite.task.faults.running_loss
    for fault in generate_discrete_faults(suite, loop_alone=False):
        if {edit.file for edit in fault.truth_edits} & {"losses.py", "networks.py"}:
            yield fault


def choose_stretches(
    faults: TrainingFaults, rule: UpdateRule, short: int, with_params: bool
) -> list[int]:
    """Return the steps to estimate on, in turn: as few as give the numbers, then more."""
    count = len(rule.numbers)
    # the first step is linear in a plain learning rate, however far off it is
    one = [1] if with_params and rule is faults.update_rules[0] else []
    least = count + (1 if with_params else 2)
    return [n for n in dict.fromkeys((*one, least, 3 + count, short)) if n <= short] or [short]
