"""One of several targets, judged as if it were alone."""

from collections.abc import Callable
from typing import Any

from ..judging.check import Check
from ..ports.extras import MissingPackageError
from .finding_places import find_places
from .options import Options, Progress, ignore


def check_one_of(
    targets: tuple[str, ...],
    number: int,
    options: Options,
    progress: Progress = lambda name: ignore,
    say: Callable[[str], None] = ignore,
) -> Check:
    """Return the check of one of the targets of a call, from 0.

    One that cannot be read, or needs a package that is not installed, is not comparable and costs
    the others nothing. Where it is the only one, ValueError, OSError or MissingPackageError is
    raised, as by `check`.
    """
    check: Any  # each is imported where it is wanted: the chapter takes half a second
    if options.against is not None:
        from .check_against import check_against as check
    else:
        from .check import check
    try:
        result: Check = check(targets[number], options, progress, say)
    except (ValueError, OSError, MissingPackageError) as error:
        if len(targets) == 1:
            raise
        result = Check(
            targets[number],
            strict=options.strict,
            against=options.against or "",
            hindrance=str(error) or repr(error),
        )
    result.places = find_places(result, options.names)
    return result
