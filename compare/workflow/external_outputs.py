"""A port that hands back arrays, as `workflow.export` asks: a broken file is a finding too."""

import json
import struct
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..chapter.cases import generate_cases
from ..chapter.suite import CHAPTER
from ..execution.files import READ_ERRORS
from ..execution.observation import CaseResult, Observation, PortJob
from ..judging.expected import compute_values
from ..ports.frameworks import is_real
from ..suite.case import CASES_SCHEMA, Case
from ..suite.component import PortSpec
from .export import compute_fingerprint
from .options import DTYPES

# what numpy.load and zipfile raise on a file that is cut short, garbled, or not what it claims
OUTPUT_READ_ERRORS = (
    *(*READ_ERRORS, TypeError, MemoryError, SyntaxError, RuntimeError),
    *(struct.error, tokenize.TokenError),
)
NOT_AN_ARRAY = "is not in NumPy's .npy format (a magic number and a header before the data)"
WHOLE_FILE_KEY = ""  # the key of what is wrong with all of outputs.npz

Outputs = Mapping[str, np.ndarray | str]  # by key: the array, or in words why it cannot be read


@dataclass
class ExternalObservation(Observation):
    """An observation and what it was made on."""

    selection: list[Case] = field(default_factory=list)  # which the numbers in `cases` count
    language: str = ""  # as its about.json says
    unknown_keys: list[str] = field(default_factory=list)  # that no case asks for: misspelt?

    @property
    def dtype(self) -> str:
        """What the outputs were computed in."""
        return self.job.dtype


def is_external_folder(folder: Path) -> bool:
    """Whether folder looks like one that `load_external_outputs` reads: outputs, or an export."""
    exported = (folder / "index.json").exists() and (folder / "inputs").is_dir()
    return has_outputs(folder) or exported


def has_outputs(folder: Path) -> bool:
    """Return whether folder holds outputs."""
    return any((folder / name).exists() for name in ("outputs.npz", "outputs"))


def load_external_outputs(folder: Path, cases_folder: Path | None = None) -> ExternalObservation:
    """Read what a port in any language handed back.

    folder: holds `outputs.npz` with keys `NNNN/NAME`, or `outputs/NNNN/NAME.npy`; and perhaps
        `about.json` and the `index.json` of the export.
    cases_folder: the export, where folder has no index; without any they are this version's.

    A component of which nothing was handed back is "missing"; one that was handed back in part is
    an "error" in the cases it lacks: to leave out what fails must not pass. So is a broken file.

    Raises FileNotFoundError if folder is not there, ValueError if it holds no outputs or two sets
    of them, if they belong to other cases, or if about.json is wrong.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}: give the folder with the outputs")
    if not has_outputs(folder):
        raise ValueError(
            f"{folder} holds no outputs: it must have outputs.npz with keys such as 0007/value, "
            "or files such as outputs/0007/value.npy"
        )
    archive, files = folder / "outputs.npz", folder / "outputs"
    if archive.exists() and files.exists():
        raise ValueError(f"{folder} holds both outputs.npz and outputs/: keep one of them")
    selection = select_cases([folder] if cases_folder is None else [cases_folder, folder])
    found = read_zip(archive) if archive.exists() else read_npy_files(files)
    about = read_about(folder)
    name = str(about.get("name") or folder.resolve().name)
    arrays = [value for value in found.values() if isinstance(value, np.ndarray)]
    dtype = choose_dtype(about.get("dtype"), arrays, folder)
    spec = PortSpec(name, "", "arrays", ())
    job = PortJob(name, spec, dtype, folder, cases_folder, suite=CHAPTER.location)
    seen = ExternalObservation(job, selection=selection, language=str(about.get("language") or ""))
    seen.cases, asked = match_outputs(selection, found, dtype)
    seen.unknown_keys = sorted(found.keys() - asked - {WHOLE_FILE_KEY})
    if isinstance(broken := found.get(WHOLE_FILE_KEY), str):
        seen.status, seen.message = "error", broken
        seen.cases = {n: CaseResult("error", broken) for n in range(len(selection))}
    elif seen.unknown_keys:
        some = ", ".join(seen.unknown_keys[:5]) + (", ..." if len(seen.unknown_keys) > 5 else "")
        seen.message = f"{len(seen.unknown_keys)} outputs that no case asks for: {some}"
    return seen


def match_outputs(
    selection: list[Case], found: Outputs, dtype: str
) -> tuple[dict[int, CaseResult], set[str]]:
    """Return (the result of each case, every key that some case asks for)."""
    numbers = {key.partition("/")[0] for key in found}
    offered = {case.component for n, case in enumerate(selection) if f"{n:04d}" in numbers}
    results, asked = {}, set()
    for n, case in enumerate(selection):
        if case.component not in offered:
            results[n] = CaseResult("missing", "not offered by the port")
        elif dtype not in case.dtypes:
            asked |= {key for key in found if key.startswith(f"{n:04d}/")}
        else:
            values = compute_values(CHAPTER, case, dtype, CHAPTER.truth_module)
            keys = {f"{n:04d}/{name}": name for name in values}
            asked |= keys.keys()
            results[n] = collect_outputs(keys, found)
    return results, asked


def collect_outputs(keys: Mapping[str, str], found: Outputs) -> CaseResult:
    """Return the outputs under these keys by their names, or what is wrong with them."""
    given = {key: found[key] for key in keys if key in found}
    problems = [value for value in given.values() if isinstance(value, str)]
    problems += [
        f"{key} must hold real numbers (got {value.dtype})"
        for key, value in given.items()
        if not isinstance(value, str) and not is_real(value)
    ]
    if absent := ", ".join(key for key in keys if key not in found):
        problems.append(f"{absent} must be among the outputs (other cases of it are)")
    if problems:
        return CaseResult("error", problems[0])
    return CaseResult("ok", outputs={keys[key]: np.asarray(value) for key, value in given.items()})


def select_cases(folders: Iterable[Path]) -> list[Case]:
    """Return the cases that the indexes in these folders name; without one, all of this version.

    They are made anew from their seed. Raises ValueError for an index of any others.
    """
    made = {(case.component, case.id): case for case in generate_cases()}
    selection = [c for c in made.values() if CHAPTER.components[c.component].gate != "data"]
    mark = ""
    for path in (folder / "index.json" for folder in folders):
        if not path.exists():
            continue
        try:
            index = json.loads(path.read_text(encoding="utf-8"))
            schema, before = index["schema"], index.get("fingerprint", "")
            names = [(item["component"], item["case"]) for item in index["cases"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is not the index of an export: {error!r}") from error
        if schema != CASES_SCHEMA:
            raise ValueError(f"{path}: schema must be {CASES_SCHEMA!r} (got {schema!r})")
        selection = [made[name] for name in names if name in made]
        if len(selection) < max(len(names), 1) or compute_fingerprint(selection) != before:
            raise ValueError(
                f"{path} belongs to other cases than those of this version of trueport: export "
                "them anew (`trueport cases --export DIR`) and compute the outputs on these"
            )
        if mark and mark != before:
            raise ValueError(f"{path} belongs to another export than the cases given")
        mark = before
    return selection


def read_about(folder: Path) -> dict[str, Any]:
    """Return about.json, if there is one. Raises ValueError."""
    path = folder / "about.json"
    if not path.exists():
        return {}
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(about, dict):
        raise ValueError(f'{path} must hold an object such as {{"dtype": "float64"}} (got {about})')
    return about


def choose_dtype(claim: Any, arrays: list[np.ndarray], folder: Path) -> str:
    """Return the port's dtype: as it says, else float32 if every array with a fraction is that.

    >>> choose_dtype(None, [np.zeros(2, np.float32), np.zeros(2, np.int64)], Path("mine"))
    'float32'
    """
    kinds = {array.dtype.name for array in arrays if array.dtype.kind == "f"}
    if claim is None:
        return "float32" if kinds == {"float32"} else "float64"
    path = folder / "about.json"
    if claim not in DTYPES:
        raise ValueError(f'{path}: dtype must be "float64" or "float32" (got {claim!r})')
    if claim == "float64" and kinds == {"float32"}:
        raise ValueError(
            f'{path} says dtype "float64", but every output is stored in float32: '
            'write float64, or say "float32"'
        )
    return str(claim)


def read_zip(path: Path) -> Outputs:
    """Read an npz file."""
    found: dict[str, np.ndarray | str] = {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as npz:
            for key in npz.files:
                try:
                    value = npz[key]
                    # numpy hands out the bytes of a member that is not in its format
                    found[key] = value if isinstance(value, np.ndarray) else f"{key} {NOT_AN_ARRAY}"
                except OUTPUT_READ_ERRORS as error:
                    found[key] = f"{key} in {path.name} cannot be read: {format_error(error)}"
    except (*OUTPUT_READ_ERRORS, AttributeError) as error:  # a single array has no context to enter
        return {WHOLE_FILE_KEY: f"{path} must be a zip of .npy files: {format_error(error)}"}
    return found


def read_npy_files(base: Path) -> Outputs:
    """Read the npy files below a folder."""
    found: dict[str, np.ndarray | str] = {}
    for path in sorted(base.rglob("*.npy")):
        key = path.relative_to(base).with_suffix("").as_posix()
        try:
            with path.open("rb") as file:
                found[key] = np.lib.format.read_array(file, allow_pickle=False)
                if file.read(1):
                    found[key] = f"{path} holds more bytes than its header says"
        except OUTPUT_READ_ERRORS as error:
            found[key] = f"{path} cannot be read: {format_error(error)}"
    return found


def format_error(error: BaseException) -> str:
    """Return an error in one line."""
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
