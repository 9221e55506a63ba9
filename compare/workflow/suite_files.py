"""A reference of the user's own and its ports, file by file. Reads files and runs none of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..ports.frameworks import FRAMEWORKS
from ..ports.user_code.errors import TargetError
from ..ports.user_code.target import parse_target
from .shared_names import list_defined_functions

NOT_FILES = ("reference", "tensorflow", *FRAMEWORKS)  # ports of the chapter, and their like
HOW_TO_NAME = "--ports torch=mine_torch.py,keras=mine_keras.py"


@dataclass(frozen=True)
class SuiteFile:
    """One file of the reference.

    name: of the file. ports: by port, what is held against it, None where that has no such file.
    functions: of a file among several, its public functions, as reading tells.
    """

    name: str
    reference: str
    ports: Mapping[str, str | None]
    functions: Sequence[str] = ()


def parse_ports(given: Sequence[str]) -> dict[str, str]:
    """Return what is held against the reference, by the name of the port.

    Raises ValueError for what is no file, or where one name stands for two.

    >>> parse_ports(["torch=ports/norms.py", "mine.py", "other.py:layer_norm"])
    {'torch': 'ports/norms.py', 'mine': 'mine.py', 'other': 'other.py:layer_norm'}
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, target = text.partition("=")
        if not equals:
            target, name = text, Path(text.partition(".py:")[0]).stem
        name, target = name.strip(), target.strip()
        if not target or target in NOT_FILES:
            raise ValueError(f"with --against a port is a file (got {text!r}): {HOW_TO_NAME}")
        if not name or name == "reference":
            raise ValueError(f"a port must have a name of its own (got {text!r}): {HOW_TO_NAME}")
        if name in found:
            told = f"{found[name]} and {target} are both called {name}"
            raise ValueError(f"{told}: give each a name, {HOW_TO_NAME}")
        found[name] = target
    return found


def list_suite_files(
    against: str, ports: Mapping[str, str], elsewhere: bool = False
) -> list[SuiteFile]:
    """Return the file of a reference, or every file of a folder that has functions.

    elsewhere: what is installed belongs to another interpreter.

    Raises ValueError for a reference or a port that is not there.
    """
    folder = Path(against)
    if not is_file_folder(folder):
        parse_target(against)
        for text in ports.values():
            parse_target(text, elsewhere)
        return [SuiteFile(name_reference(against), against, dict(ports))]
    for text in ports.values():
        if not Path(text).is_dir():
            raise ValueError(
                f"{text} must be a folder with files of the names that those of {against} have"
            )
    files = list(list_folder_files(folder, ports))
    if not files:
        raise ValueError(f"{against} has no file with a public function")
    for name, text in ports.items():
        if not any(file.ports[name] for file in files):
            told = ", ".join(file.name for file in files)
            raise ValueError(f"{text} has none of the files of {against}: {told}")
    return files


def is_file_folder(path: Path) -> bool:
    """Whether a folder is a number of files, each for itself, and not a package."""
    return path.is_dir() and not (path / "__init__.py").exists()


def name_reference(against: str) -> str:
    """Return the name of a reference, as a page has room for it.

    >>> name_reference("models/norms.py:layer_norm"), name_reference("examples/layers/")
    ('norms.py', 'layers')
    """
    return Path(against.partition(".py:")[0] + ".py" if ".py:" in against else against).name


def list_folder_files(folder: Path, ports: Mapping[str, str]) -> Iterator[SuiteFile]:
    """Yield the files of a folder that have functions; one named _... is a part of others.

    Raises ValueError for one that is no Python.
    """
    for path in sorted(folder.glob("*.py")):
        if path.name.startswith("_"):
            continue
        try:
            functions = list_defined_functions(parse_target(str(path)))
        except TargetError as error:
            raise ValueError(f"{folder}: {error}") from error
        theirs = {name: Path(text) / path.name for name, text in ports.items()}
        own = {name: str(file) if file.is_file() else None for name, file in theirs.items()}
        if functions:
            yield SuiteFile(path.name, str(path), own, functions)
