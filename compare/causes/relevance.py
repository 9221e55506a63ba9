"""Which changes of the truth a component can feel, by the files that they stand in."""

import importlib
from functools import cache

from ..suite.fault import Edits
from ..suite.mutants import find_affected_files
from ..suite.suite import Suite


def relevant_edits(suite: Suite, edits: Edits, component: str) -> Edits:
    """Those of the edits that a component can feel: of files that it, or what it uses, stands in.

    >>> from trueport.compare.chapter.suite import CHAPTER
    >>> relevant_edits(CHAPTER, CHAPTER.faults["F80"].truth_edits, "softmax")
    ()
    """
    files = source_files(suite.truth, suite.components[component].needs)
    return tuple(
        edit for edit in edits if not files.isdisjoint(affected_files(suite.truth, edit.file))
    )


@cache
def source_files(truth: str, needs: tuple[str, ...]) -> frozenset[str]:
    """Return the truth's files that hold these names; none for a framework's own operations."""
    module = importlib.import_module(truth)
    names = {need.partition(".")[0] for need in needs} & set(vars(module))
    modules = {getattr(module, name).__module__ for name in names}
    return frozenset(f"{module.rpartition('.')[2]}.py" for module in modules)


@cache
def affected_files(truth: str, file: str) -> frozenset[str]:
    """Return the files of the truth that a change of one of them is felt in."""
    return frozenset(find_affected_files(truth, frozenset({file})))
