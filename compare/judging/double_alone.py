"""What takes float64 alone: judged there, it is not called wrong, or unknown, in float32."""

from collections.abc import Sequence

from ..ports.user_code.errors import TAKES_DOUBLE
from .status import Status
from .verdict import Verdict


def settle_double_alone(verdicts: Sequence[Verdict]) -> list[str]:
    """Let what is right in float64, and does not run in float32, count as that does; in place.

    It has no power in float32, as what takes float32 alone has none in float64. Returns a sentence
    that names all of these, in a list; none if there are none.

    >>> told = f"{TAKES_DOUBLE} (TypeError: expected double)"
    >>> of_double = Verdict("p", "loss", "", "float64", Status.FAITHFUL)
    >>> of_single = Verdict("p", "loss", "", "float32", Status.NOT_COMPARABLE, message=told)
    >>> settle_double_alone([of_double, of_single])
    ['loss: takes float64 alone, not judged in float32 (TypeError: expected double)']
    >>> of_single.status.value, of_single.no_power
    ('faithful', True)
    """
    right = {v.component for v in verdicts if v.dtype == "float64" and v.passed}
    settled = [
        verdict
        for verdict in verdicts
        if verdict.component in right
        and verdict.status == Status.NOT_COMPARABLE
        and verdict.message.startswith(TAKES_DOUBLE)
    ]
    for verdict in settled:
        verdict.status, verdict.no_power = Status.FAITHFUL, True
    names = ", ".join(verdict.component for verdict in settled)
    return [f"{names}: {settled[0].message}"] if settled else []
