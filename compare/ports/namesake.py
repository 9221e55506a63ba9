"""A module of the user's that is called `trueport`, as we are: one would stand in for the other."""

from collections.abc import Iterable
from pathlib import Path


def format_namesake(folders: Iterable[Path]) -> str:
    """Return what to say of the first such module in these folders, "" if there is none.

    >>> format_namesake([Path(__file__).parent])
    ''
    """
    found = find_namesake([folder.absolute() for folder in folders])
    return (
        f"{found} bears the name of the package trueport, and `import trueport` finds one in place "
        "of the other: rename it"
        if found
        else ""
    )


def find_namesake(folders: list[Path]) -> Path | None:
    """Return the first module called `trueport` in these folders that is not ours."""
    for folder in folders:
        file, package = folder / "trueport.py", folder / "trueport"
        if file.is_file():
            return file
        if (package / "compare" / "execution" / "worker.py").is_file():  # ours
            continue
        # without __init__.py a folder of files is a module as well, but many a project is called so
        files = package not in folders and any(package.glob("*.py"))
        if files or (package / "__init__.py").is_file():
            return package
    return None
