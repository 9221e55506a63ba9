"""One call of a function as data, on disk between the processes."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..rounding.random_rounding import map_leaves
from ..suite.case import Case, save_arrays
from .structures import ArrayDict, pack, unpack


@dataclass(frozen=True)
class FunctionCase:
    """A call of a public function of the reference.

    id: unique within the function. arguments: by the reference's names of them.
    caller: the function of the reference that makes this call, for one that was seen inside it.
    """

    function: str
    id: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    caller: str = ""

    @property
    def seed(self) -> int:
        """What the generators are seeded with for this call."""
        return zlib.crc32(f"{self.function} {self.id}".encode())

    def round_to(self, dtype: str) -> "FunctionCase":
        """Return the call with its floating point arrays rounded to, and held in, dtype."""
        low = {"f": np.dtype(dtype), "c": np.result_type(dtype, np.complex64)}

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind in low:
                return leaf.astype(low[leaf.dtype.kind])
            return leaf

        return replace(self, arguments=map_leaves(convert, dict(self.arguments)))

    def to_case(self) -> Case:
        """Return the call as a verdict names it."""
        return Case(self.function, self.id, {})


def save_function_cases(cases: Sequence[FunctionCase], folder: Path) -> None:
    """Write cases.json and cases.npz. Raises TypeError for arguments that cannot be written."""
    arrays: ArrayDict = {}
    records = [
        {
            "function": case.function,
            "id": case.id,
            "caller": case.caller,
            "arguments": {key: pack(value, arrays) for key, value in case.arguments.items()},
        }
        for case in cases
    ]
    folder.mkdir(parents=True, exist_ok=True)
    save_arrays(folder / "cases.npz", arrays)
    (folder / "cases.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


def load_function_cases(folder: Path) -> list[FunctionCase]:
    """Return the cases that `save_function_cases` wrote."""
    records = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    with np.load(folder / "cases.npz", allow_pickle=False) as arrays:
        return [
            FunctionCase(
                record["function"],
                record["id"],
                {key: unpack(value, arrays) for key, value in record["arguments"].items()},
                record["caller"],
            )
            for record in records
        ]
