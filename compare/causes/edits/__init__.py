r"""Which edit of a function's source gives what a port gave? Operators on its tree, no list.

>>> source = "def f(x, eps=1e-5):\n    return x / np.sqrt(x.var() + eps)\n"
>>> found = {edit.new for edit in list_edits(source)}
>>> "(np.sqrt(x.var()) + eps)" in found, "1e-06" in found, "x.var(ddof=1)" in found
(True, True, True)
"""

from .source_edit import (
    SourceEdit,
    apply_edit,
    are_apart,
    format_diff,
    list_edits,
    list_too_deep,
    tidy_edit,
)

__all__ = [
    "SourceEdit",
    "apply_edit",
    "are_apart",
    "format_diff",
    "list_edits",
    "list_too_deep",
    "tidy_edit",
]
