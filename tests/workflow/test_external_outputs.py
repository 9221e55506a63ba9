"""A port in any language: what comes back of it, and a whole one in JavaScript."""

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from paths import ROOT

from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.expected import Expected, compute_all_expected
from trueport.compare.judging.judge import combine_verdicts, find_first_divergence, judge_port
from trueport.compare.judging.verdict import Verdict
from trueport.compare.suite.case import save_arrays
from trueport.compare.workflow.check import check
from trueport.compare.workflow.export import (
    compute_fingerprint,
    export_cases,
)
from trueport.compare.workflow.external_outputs import (
    ExternalObservation,
    is_external_folder,
    load_external_outputs,
)
from trueport.compare.workflow.options import Options

NODE = shutil.which("node")
PORT = ROOT / "examples" / "node" / "port.mjs"
CASES = [case for case in generate_cases() if COMPONENTS[case.component].gate != "data"]
needs_node = pytest.mark.skipif(NODE is None, reason="the worked example needs node on PATH")


@cache
def expected(dtype: str) -> list[dict[str, Expected]]:
    return compute_all_expected(CHAPTER, CASES, dtype)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "cases"
    export_cases(folder, generate_cases())
    return folder


def right_outputs(dtype: str = "float64") -> dict[str, np.ndarray]:
    """What a perfect port hands back, by key."""
    return {
        f"{n:04d}/{name}": truth.want.astype(dtype) if truth.want.dtype.kind == "f" else truth.want
        for n, truths in enumerate(expected(dtype))
        for name, truth in truths.items()
    }


def judged(seen: ExternalObservation) -> list[Verdict]:
    assert compute_fingerprint(seen.selection) == compute_fingerprint(CASES)
    return judge_port(CHAPTER, seen.job.name, seen.dtype, CASES, expected(seen.dtype), seen.cases)


def by_component(seen: ExternalObservation) -> dict[str, Verdict]:
    return {verdict.component: verdict for verdict in judged(seen)}


def handed_back(folder: Path, outputs: dict[str, np.ndarray], **about: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    save_arrays(folder / "outputs.npz", outputs)
    if about:
        (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_truth_handed_back_is_faithful(tmp_path: Path, dtype: str) -> None:
    seen = load_external_outputs(handed_back(tmp_path, right_outputs(dtype)))
    assert (seen.dtype, seen.status, seen.unknown_keys) == (dtype, "ok", [])
    verdicts = judged(seen)
    assert [v.component for v in verdicts if not v.passed] == []
    assert combine_verdicts(verdicts) == "faithful"


def test_single_files_do_as_well_as_one_npz(tmp_path: Path) -> None:
    for key, value in right_outputs().items():
        path = tmp_path / "outputs" / f"{key}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, value)
    assert combine_verdicts(judged(load_external_outputs(tmp_path))) == "faithful"


def test_about_says_name_language_and_dtype(tmp_path: Path) -> None:
    about = {"name": "mine", "language": "Julia", "dtype": "float32"}
    stored_in_float64 = {k: v.astype(np.float64) for k, v in right_outputs("float32").items()}
    seen = load_external_outputs(handed_back(tmp_path, stored_in_float64, **about))
    assert (seen.job.name, seen.language, seen.dtype) == ("mine", "Julia", "float32")
    assert seen.job.port.framework == "arrays"


def only(*components: str) -> dict[str, np.ndarray]:
    numbers = {f"{n:04d}" for n, case in enumerate(CASES) if case.component in components}
    return {key: v for key, v in right_outputs().items() if key.partition("/")[0] in numbers}


def test_what_is_not_offered_is_missing_and_extra_keys_are_named(tmp_path: Path) -> None:
    extra = {"9999/value": np.zeros(1), "note": np.zeros(1), "0000/Value": np.zeros(1)}
    seen = load_external_outputs(handed_back(tmp_path, only("sigmoid", "softmax") | extra))
    verdicts = judged(seen)
    assert {v.component for v in verdicts if v.passed} == {"sigmoid", "softmax"}
    rest = {(v.status, v.message) for v in verdicts if not v.passed}
    assert rest == {("missing", "not offered by the port")}
    assert seen.unknown_keys == sorted(extra)
    assert seen.message.startswith("3 outputs that no case asks for: 0000/Value")


def without(part: str) -> dict[str, np.ndarray]:
    kept = {key: value for key, value in right_outputs().items() if part not in key}
    assert len(kept) < len(right_outputs())
    return kept


LAST_SIGMOID = max(n for n, case in enumerate(CASES) if case.component == "sigmoid")


@pytest.mark.parametrize(
    ("part", "component"),
    [
        (f"{LAST_SIGMOID:04d}/", "sigmoid"),
        ("init_x afterwards", "gradient_descent"),
        ("loss 2", "two updates"),
    ],
)
def test_a_component_with_gaps_is_no_pass(tmp_path: Path, part: str, component: str) -> None:
    verdict = by_component(load_external_outputs(handed_back(tmp_path, without(part))))[component]
    assert verdict.status in ("error", "follows")
    assert "must be among the outputs" in verdict.message


def test_a_wrong_number_is_unfaithful_where_it_is(tmp_path: Path) -> None:
    outputs = right_outputs()
    outputs["0000/value"][1] += 1e-9
    verdicts = judged(load_external_outputs(handed_back(tmp_path, outputs)))
    first = find_first_divergence(verdicts)
    assert first is not None
    assert first.worst is not None
    assert (first.component, first.worst.index) == ("sigmoid", [1])


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    path.write_bytes(b"not numbers at all")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def boast(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"(3,), }" + 12 * b" ", b"(3000000000000,), }"))


def pickled(path: Path) -> None:
    np.save(path, np.array([{"a": 1}, None]), allow_pickle=True)


@pytest.mark.parametrize("spoil", [cut, garble, empty, lengthen, boast, pickled])
def test_a_broken_file_is_an_error_of_its_component_alone(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    for key, value in only("sigmoid", "softmax").items():
        path = tmp_path / "outputs" / f"{key}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, value)
    spoil(tmp_path / "outputs" / "0000" / "value.npy")
    seen = by_component(load_external_outputs(tmp_path))
    assert seen["sigmoid"].status == "error"
    assert "outputs/0000/value.npy" in seen["sigmoid"].message
    assert seen["softmax"].status == "faithful"


@pytest.mark.parametrize("dtype", [complex, str, "datetime64[s]"])
def test_what_holds_no_real_numbers_is_an_error(tmp_path: Path, dtype: Any) -> None:
    outputs = only("sigmoid", "softmax")
    outputs["0000/value"] = outputs["0000/value"].astype(dtype)
    handed_back(tmp_path, outputs)
    seen = by_component(load_external_outputs(tmp_path))
    assert seen["sigmoid"].status == "error"
    assert "0000/value must hold real numbers (got" in seen["sigmoid"].message
    assert seen["softmax"].status == "faithful"


@pytest.mark.parametrize(("computed", "asked"), [("float64", "float32"), ("float32", "float64")])
def test_a_dtype_that_was_not_computed_in_is_refused(
    tmp_path: Path, computed: str, asked: str
) -> None:
    handed_back(tmp_path, right_outputs(computed))
    with pytest.raises(ValueError, match=rf"--dtype must be {computed} or both .*\(got {asked}\)"):
        check(str(tmp_path), Options(dtypes=(asked,)))


@pytest.mark.parametrize("spoil", [cut, garble, empty])
def test_a_broken_npz_is_an_error_of_everything(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    handed_back(tmp_path, right_outputs())
    spoil(tmp_path / "outputs.npz")
    seen = load_external_outputs(tmp_path)
    assert seen.status == "error"
    assert "must be a zip of .npy files" in seen.message
    assert {v.status for v in judged(seen)} <= {"error", "follows"}
    assert combine_verdicts(judged(seen)) == "unfaithful"


def test_a_single_array_under_the_name_of_an_npz_is_told_so(tmp_path: Path) -> None:
    with (tmp_path / "outputs.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    assert "must be a zip of .npy files" in load_external_outputs(tmp_path).message


def test_outputs_of_other_cases_are_refused(tmp_path: Path, exported: Path) -> None:
    shutil.copy(exported / "index.json", tmp_path / "index.json")
    handed_back(tmp_path, right_outputs())
    assert combine_verdicts(judged(load_external_outputs(tmp_path))) == "faithful"
    assert combine_verdicts(judged(load_external_outputs(tmp_path, exported))) == "faithful"
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    for change in (
        {"fingerprint": "0" * 64},
        {"cases": index["cases"][1:]},
        {"cases": []},
        {"cases": [{"component": "sigmoid", "case": "of another version"}]},
    ):
        (tmp_path / "index.json").write_text(json.dumps(index | change), encoding="utf-8")
        with pytest.raises(ValueError, match="belongs to other cases than those of this version"):
            load_external_outputs(tmp_path)
    for text in ("{", "[]", '{"schema": 1}'):
        (tmp_path / "index.json").write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="is not the index of an export"):
            load_external_outputs(tmp_path)


def test_an_export_of_a_few_cases_is_judged_on_these(tmp_path: Path) -> None:
    few = [case for case in CASES if case.component == "softmax"]
    export_cases(tmp_path, few)
    truths = compute_all_expected(CHAPTER, few, "float64")
    save_arrays(
        tmp_path / "outputs.npz",
        {f"{n:04d}/{key}": t.want for n, ts in enumerate(truths) for key, t in ts.items()},
    )
    seen = load_external_outputs(tmp_path)
    [verdict] = judge_port(CHAPTER, "few", "float64", seen.selection, truths, seen.cases)
    assert verdict.passed


def test_folders_that_cannot_be_judged_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="give the folder with the outputs"):
        load_external_outputs(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="holds no outputs"):
        load_external_outputs(tmp_path)
    handed_back(tmp_path, right_outputs())
    (tmp_path / "outputs").mkdir()
    with pytest.raises(ValueError, match="keep one of them"):
        load_external_outputs(tmp_path)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("{", "is not JSON"),
        ("[1]", "must hold an object"),
        ('{"dtype": "float16"}', 'must be "float64" or "float32"'),
        ('{"dtype": "float64"}', "every output is stored in float32"),
    ],
)
def test_a_wrong_about_is_refused_in_words(tmp_path: Path, about: str, words: str) -> None:
    handed_back(tmp_path, right_outputs("float32"))
    (tmp_path / "about.json").write_text(about, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        load_external_outputs(tmp_path)


def test_empty_folders_of_outputs_are_not_comparable(tmp_path: Path) -> None:
    (tmp_path / "outputs").mkdir()
    assert is_external_folder(tmp_path)
    assert combine_verdicts(judged(load_external_outputs(tmp_path))) == "not-comparable"


# --- the worked example ---------------------------------------------------------------------------


def run_node(script: Path, exported: Path, folder: Path) -> list[Verdict]:
    """The verdicts on a script that was given a copy of the export."""
    assert NODE is not None
    shutil.copytree(exported, folder)
    run = subprocess.run(
        [NODE, script, folder], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    seen = load_external_outputs(folder)
    assert (seen.job.name, seen.language, seen.dtype) == ("node", "JavaScript", "float64")
    assert seen.unknown_keys == []
    return judged(seen)


@needs_node
def test_the_port_in_javascript_is_faithful(tmp_path: Path, exported: Path) -> None:
    verdicts = run_node(PORT, exported, tmp_path / "cases")
    offered = {v.component for v in verdicts if v.status != "missing"}
    assert {v.component for v in verdicts if v.passed} == offered
    assert offered >= {
        "sigmoid",
        "softmax",
        "sum_squares_error",
        "cross_entropy_error",
        "numerical_diff",
        "numerical_gradient",
        "TwoLayerNet.predict",
        "TwoLayerNet.loss",
        "TwoLayerNet.accuracy",
        "TwoLayerNet.gradient",
        "one update",
        "two updates",
    }
    assert combine_verdicts(verdicts) == "faithful"


@needs_node
@pytest.mark.parametrize(
    ("old", "new", "component"),
    [
        ("const delta = 1e-7;", "const delta = 1e-8;", "cross_entropy_error"),
        ("(f(v + h) - f(v - h)) / (2 * h)", "(f(v + h) - f(v - h)) / 2 * h", "numerical_diff"),
        ("part[i] = value; // x", "// x", "numerical_gradient"),
        ("(q * p) / (p + 1e-7)", "q", "TwoLayerNet.gradient"),
        ("d * z * (1 - z)", "d * z", "TwoLayerNet.gradient"),
        ("p - learningRate * g", "p + learningRate * g", "one update"),
    ],
)
def test_one_wrong_line_of_javascript_is_found_where_it_is(
    tmp_path: Path, exported: Path, old: str, new: str, component: str
) -> None:
    text = PORT.read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "port.mjs").write_text(text.replace(old, new), encoding="utf-8")
    verdicts = run_node(tmp_path / "port.mjs", exported, tmp_path / "cases")
    first = find_first_divergence(verdicts)
    assert first is not None
    assert (first.component, first.status) == (component, "unfaithful")
    assert combine_verdicts(verdicts) == "unfaithful"
