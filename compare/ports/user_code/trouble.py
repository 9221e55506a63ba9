"""What can go wrong with a target, said in a sentence for its author."""

from typing import Any


class TargetError(Exception):
    """The target cannot be opened at all; the message is for the user, no traceback needed.

    facts: what was found out before, as `open_target` returns it.
    """

    def __init__(self, message: str, facts: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.facts = facts or {}


class TimeUp(BaseException):
    """The user's code ran out of time. No Exception, so that no `except Exception` swallows it."""


class Ended(BaseException):
    """The user's code asked to end the process, by `os._exit` or `os.abort`."""


def in_words(error: BaseException) -> str:
    """An error in one line.

    >>> in_words(ValueError("x must be positive (got -1)"))
    'ValueError: x must be positive (got -1)'
    >>> in_words(SystemExit(1))
    'it called sys.exit(1)'
    """
    if isinstance(error, SystemExit):
        return f"it called sys.exit({'' if error.code is None else error.code})"
    if isinstance(error, TimeUp | Ended):
        return str(error)
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
