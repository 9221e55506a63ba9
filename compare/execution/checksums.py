"""The sha256 of files that are read back, a run's in SHA256SUMS: `sha256sum -c` checks them too."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from .files import write_atomically

SUMS_FILE = "SHA256SUMS"


def list_files(folder: Path, name: str) -> dict[str, Path]:
    """Return the files below a folder by the names that they have in one called name."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def compute_sum(path: Path) -> str:
    """Return the sha256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path, files: Mapping[str, Path], sums_file: str = SUMS_FILE) -> None:
    """Write the sums of files into a folder; files: by their names from there."""
    lines = [f"{compute_sum(path)}  {name}\n" for name, path in files.items()]
    with write_atomically(folder / sums_file) as out:
        out.write("".join(lines).encode("utf-8", "surrogateescape"))


def check_sums(
    folder: Path, needed: tuple[str, ...], sums_file: str = SUMS_FILE, writer: str = "run"
) -> None:
    """Raise ValueError for the first file that is not as it was written.

    needed: the files that must be there; another that is not there was not copied.
    writer: what wrote them, in a word, for the sentence.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     path = Path(name, "a.txt")
    ...     _ = path.write_text("1")
    ...     write_sums(Path(name), {"a.txt": path})
    ...     check_sums(Path(name), ("a.txt",))
    ...     _ = path.write_text("2")
    ...     check_sums(Path(name), ("a.txt",))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
      ...
    ValueError: .../a.txt is not as the run wrote it: ...
    """
    try:
        text = (folder / sums_file).read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        raise ValueError(
            f"{folder} has no {sums_file}, by which a {writer}'s files are checked: copy it too, "
            f"or give the {writer}'s command again"
        ) from None
    told = {name: digest for digest, _, name in (line.partition("  ") for line in text.split("\n"))}
    for name in dict.fromkeys([*needed, *filter(None, told)]):
        path = folder / name
        if not path.exists():
            if name in needed:
                raise ValueError(
                    f"{path} is not there: copy it too, or give the {writer}'s command again"
                )
        elif told.get(name) != compute_sum(path):
            raise ValueError(
                f"{path} is not as the {writer} wrote it: its sha256 is not that of {sums_file}; "
                f"take both from one copy, or give the {writer}'s command again"
            )
