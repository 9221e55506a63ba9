"""What can go wrong with a target, said in a sentence for its author."""

import re
from typing import Any

# What TensorFlow says of its own graph around what is wrong.
GRAPH_WORDS = re.compile(r"\{\{function_node .*?\}\}\s*|\s*;\s*NodeDef:.*|\s*\[Op:\w+\].*")

# What Keras puts around the error of a layer.
KERAS_HEAD = re.compile(
    r"Exception encountered when calling (?P<place>\S+)\.\s+(?P<inner>.+?)"
    r"(?:\s+Arguments received by .*)?$",
    re.DOTALL,
)
TAKES_DOUBLE = "takes float64 alone, not judged in float32"  # so begins what is said of that
MAX_WORDS = 4000  # characters of an error that are told
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class TargetError(Exception):
    """The target cannot be opened at all; the message is for the user, no traceback needed.

    facts: what was found out before, as `open_target` returns it.
    """

    def __init__(self, message: str, facts: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.facts = facts or {}


class NotComparableError(TargetError):
    """It cannot run here, or is nothing that the suite asks for; the message says what to do."""


class UserCodeTimeout(BaseException):
    """The user's code ran out of time. No Exception, so that no `except Exception` swallows it."""


class SlowImportError(UserCodeTimeout):
    """An import ran out of time: the machine's affair, not that of the line that asks for it."""


class UserCodeExit(BaseException):
    """The user's code asked to end the process, by `os._exit` or `os.abort`."""


def read_words(error: BaseException) -> str:
    """Return what an error says, as far as it can be had: a user's class may raise here too."""
    try:
        text = str(error)
    except BaseException as inner:  # noqa: BLE001  # it is theirs
        return f"(it cannot be put into words: {type(inner).__name__})"
    text = COLOURS.sub("", text).strip()
    return text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS]} (and {len(text)} characters)"


def read_cause(error: BaseException) -> tuple[str, str]:
    r"""Return an error's words without those that a framework puts around them, and the layer.

    >>> read_cause(TypeError("Exception encountered when calling Net.call().\n\nno float"))
    ('no float', ' (in Net.call())')
    >>> read_cause(TypeError("{{function_node __Mul}} no Mul of float and double [Op:Mul] name: "))
    ('no Mul of float and double', '')
    """
    text, place = read_words(error), ""
    if wrapped := KERAS_HEAD.match(text):
        text, place = wrapped["inner"], f" (in {wrapped['place']})"
    return GRAPH_WORDS.sub("", text).strip(), place


def format_error(error: BaseException) -> str:
    r"""Format an error in one line.

    >>> format_error(ValueError("x must be positive (got -1)"))
    'ValueError: x must be positive (got -1)'
    >>> format_error(TypeError("Exception encountered when calling Net.call().\n\nno float"))
    'TypeError: no float (in Net.call())'
    >>> format_error(SystemExit(1))
    'it called sys.exit(1)'
    """
    if isinstance(error, SystemExit):
        return f"it called sys.exit({'' if error.code is None else error.code})"
    if isinstance(error, UserCodeTimeout | UserCodeExit):
        return str(error)
    text, place = read_cause(error)
    lines = text.splitlines()
    return f"{type(error).__name__}: {lines[0]}{place}" if lines else type(error).__name__
