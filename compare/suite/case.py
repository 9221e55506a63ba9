"""One call as data, in memory and on disk."""

import json
import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np

CaseValue = np.ndarray | float | int | str | bool | tuple[Any, ...] | None

CASES_SCHEMA = "trueport/cases/1"
MAX_ARRAYS = 1 << 33  # bytes that a file of arrays may unfold to

READING = threading.Lock()  # Python 3.11 and 3.12 may fail where two threads parse a header at once

savez = np.savez  # a user's port may have replaced it


@dataclass(frozen=True)
class Case:
    """One call of a component; `id` is unique within it, `dtypes` those where it means anything.

    form: the way of calling that it tries, in words, where a port may offer some of them alone.
    promised: whether the suite's own code, as its readers have it, can do this; if not, what a port
        does with it is a limit at most.
    """

    component: str
    id: str
    inputs: Mapping[str, CaseValue]
    dtypes: tuple[str, ...] = ("float64", "float32")
    form: str = ""
    promised: bool = True

    @property
    def size(self) -> int:
        """How many numbers the inputs hold."""
        return sum(v.size for v in self.inputs.values() if isinstance(v, np.ndarray))

    @property
    def seed(self) -> int:
        """What the generators are seeded with for this call: the same whatever ran before it.

        >>> Case("initialisation", "small", {}).seed
        3023861081
        """
        return zlib.crc32(f"{self.component} {self.id}".encode())

    def convert_inputs(self, array: Callable[[np.ndarray], Any]) -> dict[str, Any]:
        """Return the inputs with every NumPy array as array makes it."""
        return {k: array(v) if isinstance(v, np.ndarray) else v for k, v in self.inputs.items()}

    def rounded(self, dtype: str) -> "Case":
        """Return the same case with its floating point arrays rounded to, and held in, dtype."""
        inputs = self.convert_inputs(lambda v: v.astype(dtype) if v.dtype.kind == "f" else v)
        return replace(self, inputs=inputs)


def save_arrays(file: Path | IO[bytes], arrays: Mapping[str, np.ndarray]) -> None:
    """np.savez for names that are not identifiers, which its own signature does not foresee."""
    named: dict[str, Any] = dict(arrays)
    savez(file, **named)


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return what `save_arrays` wrote, whoever had their hands on it since: nothing is unpickled.

    Raises ValueError, with why, for a file that is not there or cannot be read.
    """
    try:
        with READING, path.open("rb") as file, np.load(file, allow_pickle=False) as npz:
            if (size := sum(part.file_size for part in npz.zip.infolist())) > MAX_ARRAYS:
                raise ValueError(f"it unfolds to {size} bytes")
            return dict(npz)
    except (
        *(OSError, ValueError, KeyError, EOFError, AttributeError, MemoryError),
        *(zipfile.BadZipFile, zlib.error, NotImplementedError),
    ) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error


def save_cases(cases: list[Case], folder: Path) -> None:
    """Write inputs.npz and index.json: what a port in any language needs to take part."""
    arrays: dict[str, np.ndarray] = {}
    index = []
    for number, case in enumerate(cases):
        record = {"number": number, "component": case.component, "case": case.id}
        inputs: dict[str, Any] = dict(case.inputs)
        for key, value in case.inputs.items():
            if isinstance(value, np.ndarray):
                name = f"{number:04d}/{key}"
                inputs[key], arrays[name] = {"array": name}, value
        record |= {"dtypes": case.dtypes, "form": case.form, "promised": case.promised}
        index.append(record | {"inputs": inputs})
    folder.mkdir(parents=True, exist_ok=True)
    save_arrays(folder / "inputs.npz", arrays)
    text = json.dumps({"schema": CASES_SCHEMA, "cases": index}, indent=1)
    (folder / "index.json").write_text(text + "\n", encoding="utf-8")


def load_cases(folder: Path) -> list[Case]:
    """Return the cases that `save_cases` wrote."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    with np.load(folder / "inputs.npz", allow_pickle=False) as npz:
        cases = []
        for item in index["cases"]:
            given = item["inputs"].items()
            inputs = {key: npz[v["array"]] if isinstance(v, dict) else v for key, v in given}
            how = tuple(item["dtypes"]), item.get("form", ""), item.get("promised", True)
            cases.append(Case(item["component"], item["case"], inputs, *how))
        return cases
