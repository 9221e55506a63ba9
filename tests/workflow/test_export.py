"""What is handed out to a port in any language: the inputs as plain files, and a page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.chapter.functions import FUNCTIONS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.expected import compute_all_expected
from trueport.compare.suite.case import load_cases, save_arrays
from trueport.compare.workflow.export import (
    FORMULAS,
    compute_fingerprint,
    export_cases,
    format_formula,
)

CASES = [case for case in generate_cases() if COMPONENTS[case.component].gate != "data"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "cases"
    export_cases(folder, generate_cases())
    return folder


def test_every_input_lies_there_as_a_plain_file_in_c_order(exported: Path) -> None:
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    assert len(index["cases"]) == len(CASES)
    expected = compute_all_expected(CHAPTER, CASES, "float64")
    for item, case, truths in zip(index["cases"], CASES, expected, strict=True):
        assert item["outputs"] == {key: list(t.want.shape) for key, t in truths.items()}
        for key, value in case.inputs.items():
            if not isinstance(value, np.ndarray):
                continue
            path = exported / "inputs" / f"{item['inputs'][key]['array']}.npy"
            np.testing.assert_array_equal(np.load(path), value, strict=True)
            assert b"'fortran_order': False" in path.read_bytes()[:128]
            assert value.dtype.str in ("<f8", "<i8")


def test_the_export_is_read_back_as_the_cases(exported: Path) -> None:
    assert compute_fingerprint(load_cases(exported)) == compute_fingerprint(CASES)


def test_the_page_names_every_component_function_and_case(exported: Path) -> None:
    page = (exported / "README.md").read_text(encoding="utf-8")
    handed = {case.component for case in CASES}
    assert handed <= set(FORMULAS)
    for name in handed:
        assert f"### {name}\n\n{FORMULAS[name]}." in page
    for case in CASES:
        assert case.id in page
    for name in {str(case.inputs["f"]) for case in CASES if "f" in case.inputs}:
        assert f"| `{name}` | {format_formula(FUNCTIONS[name])} |" in page


def test_no_formula_is_left_of_a_component_that_is_gone() -> None:
    assert set(FORMULAS) <= set(COMPONENTS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_formula_computes_what_its_function_does(name: str) -> None:
    x = np.random.RandomState(0).randn(2, 3) if name == "coupled_matrix" else np.array([3.0, 4, 5])
    x = x[0] if name in ("function_tmp1", "function_tmp2") else x
    names: dict[str, Any] = {"x": x}
    for index in np.ndindex(x.shape):
        names["x" + "".join(map(str, index))] = x[index]
    value = eval(format_formula(FUNCTIONS[name]).replace("^", "**"), names)
    np.testing.assert_array_equal(value, FUNCTIONS[name](x))


def test_an_export_replaces_an_export_and_nothing_else(tmp_path: Path) -> None:
    few = CASES[:3]
    export_cases(tmp_path / "a", CASES[:5])
    export_cases(tmp_path / "a", few)
    assert len(list((tmp_path / "a" / "inputs").iterdir())) == len(few)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.tex").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="must be new, empty, or an earlier export"):
        export_cases(tmp_path / "b", few)
    save_arrays(tmp_path / "a" / "outputs.npz", {})
    with pytest.raises(ValueError, match="outputs that were computed on other cases"):
        export_cases(tmp_path / "a", CASES[:4])


def test_nothing_to_export_is_said() -> None:
    with pytest.raises(ValueError, match="must hold at least one"):
        export_cases(Path("nowhere"), [])
