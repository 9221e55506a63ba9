"""What is said beside the verdict: texts, names, classes, the framework, a reference in float32."""

from pathlib import Path

import pytest

from trueport.compare.judging.check import Check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

CASES = """

def cases():
    rng = np.random.default_rng(0)
    for k in range(2):
        yield f"f {k}", {"x": rng.normal(size=(3, 4))}
"""
F = "import numpy as np\n\n\ndef f(x):\n    return "
CLASS = """import numpy as np


class Double:
    def __call__(self, x):
        return 2.0 * x


def f(x):
    return Double()(x)
"""


def check_texts(folder: Path, reference: str, port: str) -> Check:
    (folder / "reference.py").write_text(reference + CASES, encoding="utf-8")
    (folder / "port.py").write_text(port, encoding="utf-8")
    options = Options(against=str(folder / "reference.py"), dtypes=("float64",))
    return check(str(folder / "port.py"), options)


def test_texts_are_left_out_and_told(tmp_path: Path) -> None:
    text = F + "2.0 * x, ('train', x)\n"
    found = check_texts(tmp_path, text, text)
    assert found.verdict == "faithful"
    assert "f: result[1][0]: a text, which is not compared" in found.notes


def test_a_name_is_not_taken_for_one_that_is_compared(tmp_path: Path) -> None:
    more = "\n\ndef my_first(x):\n    return x\n"
    reference = F + "2.0 * x\n" + more.replace("my_first", "my_fist")
    port = F + "2.0 * x\n" + more + more.replace("my_first", "f_1")
    left = {one.name: one.meant for one in check_texts(tmp_path, reference, port).not_looked_at}
    assert left == {"my_first": "my_fist", "f_1": ""}


@pytest.mark.sweep
def test_a_class_that_a_function_makes_is_not_told(tmp_path: Path) -> None:
    assert check_texts(tmp_path, CLASS, CLASS).notes == []
    idle = CLASS.replace("Double()(x)", "2.0 * x")
    assert any("Double is a class" in note for note in check_texts(tmp_path, idle, idle).notes)


def test_a_reference_in_float32_is_told(tmp_path: Path) -> None:
    reference = F + "np.zeros(x.shape, dtype=np.float32) + np.float32(np.sin(x) * 0.3) * x[::-1]\n"
    port = F + "np.sin(x) * 0.3 * x[::-1] + 3e-8 * x\n"
    first = check_texts(tmp_path, reference, port).first_divergence
    assert first is not None
    assert first.cause or "itself computes in float32 here: line 5" in " ".join(first.known)


@pytest.mark.parametrize("given", ["np.sin(x)"])
def test_what_returns_tensors_is_no_numpy(given: str, tmp_path: Path) -> None:
    port = "import numpy as np\nimport torch\n\n\ndef f(x):\n    x = np.asarray(x)\n"
    port += f"    y = np.abs(np.add({given}, 0.0)) * np.sign({given})\n    return torch.tensor(y)\n"
    assert check_texts(tmp_path, F + "np.sin(x)\n", port).framework == "torch"


def test_another_form_of_a_result_hides_no_fault_of_its_caller(tmp_path: Path) -> None:
    inner = "\n\ndef g(x):\n    return x, x\n"
    reference = F + "np.sin(g(x)[0] + 1.0)\n" + inner
    port = F + "np.cos(g(x)[0] + 1.0)\n" + inner.replace("x, x", "x, (x, x)")
    said = {v.component: v.status for v in check_texts(tmp_path, reference, port).verdicts}
    assert said == {"g": "error", "f": "unfaithful"}
