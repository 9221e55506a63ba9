"""An entry of the table of faults, in few words."""

from collections.abc import Mapping
from typing import Any

from ...suite.fault import Fault, fix_everywhere


def make_fault(
    key: str,
    *,
    name: str,
    does: str,
    fix: str | Mapping[str, str],
    kind: str = "fault",
    **more: Any,
) -> Fault:
    """Return a fault.

    key: its id, or id/form.
    fix: one text stands for every framework.
    """
    fault_id, _, form = key.partition("/")
    fixes = fix_everywhere(fix) if isinstance(fix, str) else fix
    return Fault(fault_id, name, kind, does, fixes, form=form, **more)
