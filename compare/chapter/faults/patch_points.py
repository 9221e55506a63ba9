"""The passages of the three packages that faults change, each with a name: passages.toml.

>>> AT["DELTA"](everywhere="DELTA = 1e-8")["torch_impl"]
(Edit(file='losses.py', old='DELTA = 1e-7', new='DELTA = 1e-8'),)
>>> edits = combine_edits(AT["DELTA"](everywhere="DELTA = 1e-8"), AT["GRADIENT_R"]("r = t"))
>>> {package: [edit.new for edit in changes] for package, changes in edits.items()}
{'reference': ['DELTA = 1e-8', 'r = t'], 'torch_impl': ['DELTA = 1e-8'], 'keras_impl': \
['DELTA = 1e-8']}
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...suite.fault import Edit

PackageEdits = Mapping[str, tuple[Edit, ...]]
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class PatchPoint:
    """One passage, as it reads in each package; "" where a package has no such passage."""

    file: str
    reference: str = ""
    torch: str = ""
    keras: str = ""

    def __call__(
        self,
        reference: str | None = None,
        torch: str | None = None,
        keras: str | None = None,
        everywhere: str | None = None,
    ) -> PackageEdits:
        """Return the edits that put these texts there; None leaves a package as it is."""
        passages = (
            ("reference", self.reference, reference),
            ("torch_impl", self.torch, torch),
            ("keras_impl", self.keras, keras),
        )
        return {
            package: (Edit(self.file, old, text),)
            for package, old, new in passages
            if (text := everywhere if new is None else new) is not None
        }


def combine_edits(*changes: PackageEdits) -> PackageEdits:
    """Several edits as one change."""
    packages = dict.fromkeys(package for change in changes for package in change)
    return {
        package: tuple(edit for change in changes for edit in change.get(package, ()))
        for package in packages
    }


def read_table(path: Path) -> dict[str, Any]:
    """Read a table of the folder: TOML, in UTF-8."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def make_patch_point(file: str, everywhere: str = "", **texts: str) -> PatchPoint:
    """Make a passage of its entry, which may read the same everywhere."""
    return PatchPoint(file, *3 * [everywhere]) if everywhere else PatchPoint(file, **texts)


AT = {
    name: make_patch_point(file, **texts)
    for file, passages in read_table(FOLDER / "passages.toml").items()
    for name, texts in passages.items()
}
