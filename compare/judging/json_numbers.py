"""Numbers that JSON lacks, in what we write and read: nan, inf and -inf stand there as strings."""

import math
from typing import Any

NUMBER_FIELDS = frozenset(  # those of a record that may hold nan or inf
    ("got", "want", "allowed", "budget_used", "least_rtol", "param_distance", "used")
)


def encode_numbers(value: Any) -> Any:
    """Return value with numbers that JSON lacks as strings: nan, inf, -inf.

    >>> encode_numbers({"a": [float("nan"), 1.0]})
    {'a': ['nan', 1.0]}
    """
    if isinstance(value, dict):
        return {key: encode_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode_numbers(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def decode_numbers(value: dict[str, Any]) -> dict[str, Any]:
    """Return one object of JSON with the numbers that `encode_numbers` made strings, as numbers.

    >>> decode_numbers({"got": "nan", "message": "nan"})
    {'got': nan, 'message': 'nan'}
    """
    return {
        key: float(item) if key in NUMBER_FIELDS and item in ("nan", "inf", "-inf") else item
        for key, item in value.items()
    }
