"""Whether an error that a port raised may be that of a changed reference."""

import re

from ..execution.observation import CaseResult

# What NumPy, torch and TensorFlow raise for the same trouble with shapes, indices and dtypes.
REFUSAL_ERRORS = (
    "IndexError",
    "ValueError",
    "TypeError",
    "AxisError",
    "AssertionError",
    "RuntimeError",
    "InvalidArgumentError",
)
# What Python says of a call whose arguments do not fit: of the call, never of what is computed.
CALL_ERRORS = re.compile(
    r"required (positional|keyword)|unexpected keyword|multiple values for|positional argument"
)
NO_NUMBERS = "must hold numbers"  # what is said of None, and of text, in place of an array
SHAPE_WORDS = re.compile(
    r"shape|size|dim|ind[ei]|axis|axes|broadcast|bound|rank|label|one.?hot", re.IGNORECASE
)


def is_identical_error(error: Exception, message: str) -> bool:
    """Whether a port's message tells of the same error: type, and name that was missing."""
    if not message.partition(": ")[2].startswith(type(error).__name__) and (
        not message.startswith(type(error).__name__)
    ):
        return False
    if NO_NUMBERS in str(error):  # None is not what somebody's text is
        return str(error) in message
    if isinstance(error, AttributeError | NameError):
        return re.findall(r"'(\w+)'", str(error))[-1:] == re.findall(r"'(\w+)'", message)[-1:]
    return True


def same_error(error: Exception, message: str) -> bool:
    """Whether a port's error may be this one in the words of another framework."""
    if CALL_ERRORS.search(message):
        return False
    if is_identical_error(error, message):
        return True
    refused = (
        any(name in message for name in REFUSAL_ERRORS) and type(error).__name__ in REFUSAL_ERRORS
    )
    return refused and ("AssertionError" in message or bool(SHAPE_WORDS.search(message)))


def is_answer(result: CaseResult) -> bool:
    """Whether a port gave anything back: None, and other things that are no numbers, too."""
    return result.status == "ok" or NO_NUMBERS in result.message
