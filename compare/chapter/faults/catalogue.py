"""The catalogue of faults that people were seen to make: the facts beside the table of edits."""

import json
from dataclasses import dataclass
from pathlib import Path

FAULT_LEVELS = ("component", "one-step", "curve")


@dataclass(frozen=True)
class CatalogueEntry:
    """One fault of the catalogue.

    scope: "core", of the chapter's two networks, or "extended", beyond them.
    kind: as `suite.fault.FAULT_KINDS`.
    levels: some of `FAULT_LEVELS`.
    sources: where people met it.
    """

    id: str
    name: str
    scope: str
    kind: str
    levels: tuple[str, ...]
    sources: tuple[str, ...]


def read_catalogue() -> dict[str, CatalogueEntry]:
    """Every entry by id, from the file beside this one.

    >>> read_catalogue()["F80"].name
    'difference quotient without brackets'
    """
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    return {
        item["id"]: CatalogueEntry(
            **(item | {"levels": tuple(item["levels"]), "sources": tuple(item["sources"])})
        )
        for item in json.loads(text)
    }


CATALOGUE = read_catalogue()
