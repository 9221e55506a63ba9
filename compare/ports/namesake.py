"""A module of the user's that is called `trueport`, as we are: one would stand in for the other."""

from collections.abc import Iterable
from pathlib import Path


def format_namesake(folders: Iterable[Path]) -> str:
    """Return what to say of the first such module in these folders, "" if there is none.

    >>> format_namesake([Path(__file__).parent])
    ''
    """
    given = [folder.absolute() for folder in folders]
    if found := next(filter(None, (find_namesake(folder, given) for folder in given)), None):
        return (
            f"{found} bears the name of the package trueport, and `import trueport` finds one in "
            "place of the other: rename it"
        )
    return ""


def find_namesake(folder: Path, others: list[Path]) -> Path | None:
    """Return what is called `trueport` in a folder and is not ours."""
    file, package = folder / "trueport.py", folder / "trueport"
    if file.is_file():
        return file
    if (package / "compare" / "execution" / "worker.py").is_file():  # ours
        return None
    # without __init__.py a folder of files is a module as well, but many a project is called so
    is_module = package not in others and any(package.glob("*.py"))
    return package if is_module or (package / "__init__.py").is_file() else None
