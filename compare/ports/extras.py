"""Packages that are not installed with the core, asked for where they are used."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

EXTRAS = {
    "torch": "torch",
    "keras": "keras",
    "tensorflow": "keras",
    "pandas": "keras",
    "jax": "jax",
}


def format_install(packages: Iterable[str]) -> str:
    """Return the command that installs what is missing: extras where they bring it.

    >>> format_install(["keras", "tensorflow", "pandas"])
    "pip install 'trueport[keras]'"
    >>> format_install(["torch", "einops"])
    "pip install 'trueport[torch]' einops"
    """
    wanted = list(packages)
    extras = ",".join(dict.fromkeys(EXTRAS[name] for name in wanted if name in EXTRAS))
    others = [name for name in wanted if name not in EXTRAS]
    return " ".join(["pip install", *([f"'trueport[{extras}]'"] if extras else []), *others])


class MissingPackageError(ImportError):
    """A package of an extra is not installed. The message says how to have it."""


@contextmanager
def needs_extra(*extras: str) -> Iterator[None]:
    """In the block, packages are imported that any of these extras brings.

    Raises MissingPackageError for one that is not installed.

    >>> try:
    ...     with needs_extra("report"):
    ...         import not_there
    ... except MissingPackageError as error:
    ...     print(error)
    this needs not_there, which is not installed: pip install 'trueport[report]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or str(error)).partition(".")[0]
        ways = " or ".join(f"'trueport[{extra}]'" for extra in extras)
        raise MissingPackageError(
            f"this needs {package}, which is not installed: pip install {ways}", name=package
        ) from error
