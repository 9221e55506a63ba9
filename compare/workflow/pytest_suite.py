"""One check as tests: what items it has, run once and asked for each of them.

Loaded in every run of pytest, so nothing but pytest is imported before it is needed.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .pytest_outcomes import (
    ParityError,
    name_item,
    report_verdict,
    sort_by_outcome,
    verify_whole_suite,
)

if TYPE_CHECKING:
    from ..judging.check import Check
    from .options import Options

__tracebackhide__ = True  # a failing test shows the user's line

WHOLE_SUITE_ITEM = "something to compare"  # the item that fails where all others would be skipped


def run_check(target: str, options: Options) -> Check:
    """Return the check, whatever the user's own tests make of NumPy's warnings."""
    from .assert_faithful import call_quietly
    from .check import check

    found: Check = call_quietly(lambda: check(target, options))
    return found


class ParitySuite:
    """The parity suite of one port. Raises ValueError or OSError if there is no such target.

    names: (dtype, component) of every test; of the last, which is of the whole, dtype is "".
    """

    def __init__(self, target: str, options: Options) -> None:
        self.target, self.options = target, options
        self.failed: Exception | None = None
        self.names = [*self.list_names(), ("", WHOLE_SUITE_ITEM)]

    @cached_property
    def check(self) -> Check:
        """The check of the target, run once."""
        return run_check(self.target, self.options)

    def list_names(self) -> list[tuple[str, str]]:
        """Return (dtype, component) of every test. Raises ValueError if there is no such target."""
        from ..chapter.suite import CHAPTER
        from ..ports.user_code.target import parse_target

        folder = Path(self.target)
        if folder.is_dir() and not (folder / "__init__.py").exists():
            # recorded arrays: quick, and only they say what they hold
            return list(dict.fromkeys((v.dtype, v.component) for v in self.check.verdicts))
        parse_target(self.target, elsewhere=self.options.python is not None)
        if self.options.against is not None:
            from .check_model import list_model_parts
            from .model_files import has_models
            from .shared_names import list_shared_names

            if has_models(self.options.against):
                shared = list_model_parts(self.options)
            else:
                shared = list_shared_names(self.target, self.options)
            return [(dtype, name) for dtype in self.options.dtypes for name in shared]
        # what a framework's own operations do is no matter of the user's code
        names = [name for name, c in CHAPTER.components.items() if c.gate != "arithmetic"]
        return [(dtype, name) for dtype in self.options.dtypes for name in names]

    def verify(self, dtype: str, name: str) -> None:
        """Pass, skip, or raise ParityError with the finding of one component in one dtype."""
        if self.failed is not None:
            raise ParityError(f"not judged: {self.failed}")
        try:
            result = self.check
        except (ValueError, OSError) as error:
            self.failed = error
            raise ParityError(f"not judged: {error}") from error
        if not dtype:
            verify_whole_suite(result, self.names)
            return
        verdicts = [v for v in result.verdicts if (v.dtype, name_item(v, result)) == (dtype, name)]
        if not verdicts:
            pytest.skip(f"not judged in {dtype}")
        for verdict in sort_by_outcome(verdicts, result):
            report_verdict(verdict, result)
