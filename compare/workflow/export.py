"""The cases as plain .npy files, for a port in any language, and a page that explains them."""

import ast
import hashlib
import inspect
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..chapter.functions import FUNCTIONS
from ..chapter.suite import CHAPTER
from ..execution.resume import read_json
from ..judging.expected import expected_outputs
from ..suite.case import CASES_SCHEMA, Case, save_cases

TEMPLATES = Path(__file__).parent / "templates"
# what each component computes, in words that need no Python
FORMULA_TEXT = (TEMPLATES / "formulas.md").read_text(encoding="utf-8")
FORMULAS = dict(re.findall(r"### (.+)\n\n(.+)\.\n", FORMULA_TEXT))
MAX_LISTED_OUTPUTS = 10  # outputs of one case beyond which its row in the page leaves some out


def format_formula(f: Callable[[Any], Any]) -> str:
    """Return what one of `compare.chapter.functions` computes, from its source.

    >>> format_formula(FUNCTIONS["function_2"]), format_formula(FUNCTIONS["narrow_valley"])
    ('x0^2 + x1^2', '(x0 - 1)*(x0 - 1) + 10*(x1 - x0)*(x1 - x0)')
    """
    [function], [name] = ast.parse(inspect.getsource(f)).body, inspect.signature(f).parameters
    returned = next(node for node in ast.walk(function) if isinstance(node, ast.Return))
    text = re.sub(rf"\b{name}\b", "x", ast.unparse(returned).removeprefix("return "))
    text = re.sub(r"\[(\d)\]", r"\1", text)  # x[1][2] is x12
    powers = re.compile(r"(?<![\w.])([\d.]+) \*\* ([\d.]+)")  # of numbers alone
    text = powers.sub(lambda power: str(float(power[1]) ** float(power[2])), text)
    text = re.sub(r" ?(\*\*|\*|/) ?", r"\1", text).replace("**", "^")
    return re.sub(r"\.0\b", "", text)


def compute_fingerprint(cases: Sequence[Case]) -> str:
    """sha256 of what the cases hand to a port: names, numbers, shapes, bits. Order counts.

    >>> case = Case("sigmoid", "zero", {"x": np.zeros(2)})
    >>> other = Case("sigmoid", "zero", {"x": -np.zeros(2)})
    >>> compute_fingerprint([case])[:8] == compute_fingerprint([other])[:8]
    False
    """
    digest = hashlib.sha256()
    for case in cases:
        digest.update(json.dumps([case.component, case.id]).encode())
        for key, value in case.inputs.items():
            if isinstance(value, np.ndarray):
                digest.update(json.dumps([key, value.dtype.str, value.shape]).encode())
                digest.update(np.ascontiguousarray(value).tobytes())
            else:
                digest.update(json.dumps([key, value]).encode())
    return digest.hexdigest()


def export_cases(folder: Path, cases: Sequence[Case]) -> None:
    """Write what a port in any language needs: inputs, index, and a page that explains them.

    folder: new, empty, or holding an earlier export, which is replaced.
    cases: those of the gate "data" are left out: they hand a port nothing.

    The index has the "fingerprint" of the inputs and for each case the shapes of its "outputs".
    Raises ValueError if the folder holds something else, outputs of other cases included, or there
    is nothing to write; OSError if it cannot be written.
    """
    cases = [case for case in cases if CHAPTER.components[case.component].gate != "data"]
    if not cases:
        raise ValueError("cases must hold at least one that hands inputs to a port (got none)")
    mark = compute_fingerprint(cases)
    check_export_folder(folder, mark)
    shutil.rmtree(folder / "inputs", ignore_errors=True)
    save_cases(cases, folder)
    with zipfile.ZipFile(folder / "inputs.npz") as npz:
        npz.extractall(folder / "inputs")
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    shapes = []
    for item, case in zip(index["cases"], cases, strict=True):
        truths = expected_outputs(CHAPTER, case, case.dtypes[0])
        item["outputs"] = {key: list(truth.want.shape) for key, truth in truths.items()}
        shapes.append(item["outputs"])
    index = {"schema": CASES_SCHEMA, "fingerprint": mark, "cases": index["cases"]}
    text = json.dumps(index, indent=1, ensure_ascii=False)
    (folder / "index.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(format_page(cases, shapes), encoding="utf-8")


def check_export_folder(folder: Path, mark: str) -> None:
    """Raise ValueError unless folder may take an export with this fingerprint."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    before = read_json(folder / "index.json")
    if not isinstance(before, dict) or before.get("schema") != CASES_SCHEMA:
        raise ValueError(
            f"{folder} must be new, empty, or an earlier export (it holds other files)"
        )
    answered = (folder / "outputs.npz").exists() or (folder / "outputs").exists()
    if answered and before.get("fingerprint") != mark:
        raise ValueError(
            f"{folder} holds outputs that were computed on other cases: export to a new folder"
        )


def format_page(cases: Sequence[Case], shapes: Sequence[dict[str, list[int]]]) -> str:
    """Return the Markdown page beside an export: what to do, then a section a component."""
    from jinja2 import Template

    used = {case.inputs["f"] for case in cases if "f" in case.inputs}
    sections: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        sections.setdefault(case.component, []).append(number)
    source = (TEMPLATES / "cases.md.j2").read_text(encoding="utf-8")
    page = Template(source, trim_blocks=True, lstrip_blocks=True)
    text: str = page.render(
        cases=cases,
        shapes=shapes,
        sections=sections,
        formulas=FORMULAS,
        functions={key: format_formula(f) for key, f in FUNCTIONS.items() if key in used},
        format_inputs=format_inputs,
        format_outputs=format_outputs,
    )
    return text.rstrip() + "\n"


def format_inputs(case: Case) -> str:
    """Return the inputs of a case in a table: the shape of each array, other values as they are."""
    told = []
    for key, value in case.inputs.items():
        if isinstance(value, np.ndarray):
            told.append(f"{key} {value.shape}{'' if value.dtype.kind == 'f' else ' integers'}")
        else:
            told.append(f"{key} = {value}")
    return ", ".join(told)


def format_outputs(shapes: dict[str, list[int]]) -> str:
    """Return the outputs of a case in a table, the middle of many left out.

    >>> format_outputs({"value": [3], "loss": []})
    'value (3,), loss ()'
    """
    told = [f"{key} {tuple(shape)}" for key, shape in shapes.items()]
    if len(told) > MAX_LISTED_OUTPUTS:
        told = [*told[:2], "...", told[-1], f"all {len(told)} in index.json"]
    return ", ".join(told)
