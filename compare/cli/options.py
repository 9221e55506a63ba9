"""What every command asks its options with, and says where they cannot be met."""

from pathlib import Path
from typing import Any

import click


class NameList(click.ParamType[tuple[str, ...]]):
    """A comma-separated list."""

    name = "LIST"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        """Return the names."""
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        return names or self.fail("must name at least one")


class BadInput(click.ClickException):
    """An error of the input: its message alone, and exit status 2."""

    exit_code = 2


def write_file(path: Path, text: str) -> bool:
    """Write a file that was asked for beside the terminal; False, and why, if it cannot be."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        click.echo(f"Error: cannot write {path}: {error.strerror or error}", err=True)
        return False
    return True
