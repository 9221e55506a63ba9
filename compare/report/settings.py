"""The settings, the data and the environment of a run, as rows of label and value."""

from typing import Any

from ..judging.results import Run
from .wording import format_field


def build_setting_tables(run: Run) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return a title and its rows, for each part that has any."""
    environment = {k: v for k, v in run.environment.items() if k != "packages"}
    packages = run.environment.get("packages")
    made = {"made": run.created} if run.created else {}
    parts = [
        ("Settings", flatten_record({**run.settings, **made, "schema": run.schema})),
        ("Data", flatten_record(run.data)),
        ("Environment", flatten_record(environment)),
        ("Packages", flatten_record(packages if isinstance(packages, dict) else {})),
    ]
    return [(title, found) for title, found in parts if found]


def flatten_record(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a record as rows.

    >>> record = {"batch_size": 100, "complete": True, "dtypes": ["float64"], "md5": {"a": "0f"}}
    >>> flatten_record(record)
    [('batch size', '100'), ('complete', 'yes'), ('dtypes', 'float64'), ('md5 a', '0f')]
    """
    found: list[tuple[str, str]] = []
    for key, value in record.items():
        label = str(key).replace("_", " ")
        if isinstance(value, bool):
            found.append((label, "yes" if value else "no"))
        elif isinstance(value, dict):
            found += [(f"{label} {name}", said) for name, said in flatten_record(value)]
        elif isinstance(value, list | tuple):
            found.append((label, ", ".join(format_field(item) for item in value)))
        elif value is not None and value != "":
            found.append((label, format_field(value)))
    return found


def format_data_note(run: Run) -> str:
    """Return what must be known of the data before any number; "" for the complete MNIST."""
    if run.data.get("complete") is not False:
        return ""
    return str(run.data.get("note") or "This run did not use the complete MNIST data set.")
