"""`@trueport.parametrize`: every component of a port as one case of a test of one's own.

>>> @parametrize("my_port.py", dtypes=("float64",))
... def test_my_port(check):
...     check()
>>> [mark.name for mark in test_my_port.pytestmark]
['trueport_parity']
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pytest

    from .pytest_suite import ParitySuite

__tracebackhide__ = True  # a failing test shows the user's line

MARK = "trueport_parity"
ARGUMENT = "check"  # of the test that is decorated
Test = TypeVar("Test", bound=Callable[..., Any])


def parametrize(
    port: str | Path | ModuleType, against: str | Path | ModuleType | None = None, **options: Any
) -> Callable[[Test], Test]:
    """Make a test of every component of a port: the test takes `check`, and calls it.

    port, against: what `trueport check PORT --against REFERENCE` takes, or an imported module.
        Relative paths are looked for beside the test's file, then where pytest was started, then
        in the root of the project.
    options: fields of `workflow.options.Options`, as dtypes=("float64",) or accept=("F26",); what
        is not given is that of pytest's command line (`--trueport-dtype`) and pyproject.toml.

    Each component of the chapter, or function or part of the reference, is one item in each dtype,
    with an id as `float64-softmax`; what is not offered or has no power is skipped, and the item
    `something to compare` fails where nothing could be compared. The port is run once for all of
    them, when the first is. Raises TypeError for an option that there is not.
    """
    import pytest

    from .options import Options

    known = {field.name for field in fields(Options)}
    if unknown := sorted(options.keys() - known):
        raise TypeError(f"parametrize has no option {unknown[0]!r}: known are {sorted(known)}")
    mark: pytest.MarkDecorator = getattr(pytest.mark, MARK)
    return mark(name_target(port), against and name_target(against), options)


def name_target(given: str | Path | ModuleType) -> str:
    """Return what was given as the command line would name it."""
    if isinstance(given, ModuleType):
        return str(given.__file__ or given.__name__)
    return str(given)


class ComponentCheck:
    """One component in one dtype; called, it passes, skips or raises AssertionError."""

    def __init__(self, suite: ParitySuite, dtype: str, name: str) -> None:
        self.suite, self.dtype, self.name = suite, dtype, name

    def __call__(self) -> None:
        """Pass, skip, or raise AssertionError with the finding."""
        from .pytest_outcomes import ParityError

        try:
            self.suite.verify(self.dtype, self.name)
        except ParityError as error:
            raise AssertionError(str(error)) from None

    def __repr__(self) -> str:
        return f"<check of {self.suite.target}: {self.id}>"

    @property
    def id(self) -> str:
        """The id of the test."""
        return "-".join(filter(None, (self.dtype, self.name)))


def generate_checks(metafunc: pytest.Metafunc, make_suite: Callable[..., ParitySuite]) -> None:
    """Give a decorated test its cases.

    make_suite: takes the target, the reference or None, and a dict of options.
    """
    import pytest

    marks = list(metafunc.definition.iter_markers(MARK))
    if not marks:
        return
    checks, ids = [], []
    for mark in reversed(marks):
        try:
            suite = make_suite(*mark.args)
        except (ValueError, OSError) as error:
            pytest.fail(f"trueport.parametrize({mark.args[0]!r}): {error}", pytrace=False)
        own = [ComponentCheck(suite, *name) for name in suite.names]
        checks += own
        prefix = f"{Path(suite.target).name}-" if len(marks) > 1 else ""
        ids += [prefix + check.id for check in own]
    metafunc.parametrize(ARGUMENT, checks, ids=ids)
