"""Public reports and files, retold in a few lines each: what `check` must say of every one.

A row is a file of tests/data/cases and the careful reader's answer: how it ends, what is the first
finding and why, what else must be said.
"""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from trueport.compare.judging.check import Check
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import Options, check

HERE = Path(__file__).parents[1] / "data" / "cases"
FAITHFUL, UNFAITHFUL, NOT_COMPARABLE, CONVENTION = range(4)
ENTROPY, SQUARES, PREDICT = "cross_entropy_error", "sum_squares_error", "TwoLayerNet.predict"
LOSS, GRADIENT = "TwoLayerNet.loss", "TwoLayerNet.gradient"


@dataclass(frozen=True)
class Row:
    """A file, the exit status, the first finding and the ids of its cause, and what is said.

    causes: of the first finding, both of two; empty where it has none or any will do.
    """

    file: str
    ends: int
    first: str = ""
    causes: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    quick: bool = False
    folder: Path = field(default=HERE)


ROWS = [
    # ---- right, as people write it: what the chapter never promises is a limit
    Row("02_youbeebee2_numgrad_1d.py", FAITHFUL, says=("a matrix: refused",)),
    Row("19_deepchem1446_one_hot_column.py", FAITHFUL, says=("labels of shape (N, 1)",)),
    Row("22_tinygrad6542_blocked_matmul.py", FAITHFUL),
    Row("22t_tanh_sigmoid.py", FAITHFUL),
    Row("23_book_star_import.py", FAITHFUL, quick=True),
    Row("24_book_gradient_descent_history.py", FAITHFUL, says=("init_x is changed in place",)),
    Row("52_torch_impl_name/torch_impl.py", FAITHFUL),
    Row("54_package/my_package/my_port.py", FAITHFUL),
    Row("59_tf_function.py", FAITHFUL, says=("a label outside the classes: not refused",)),
    Row("61_compiled.py", FAITHFUL),
    Row("66_tf_one_hot_out_of_range.py", FAITHFUL, says=("a label outside the classes",)),
    Row("bad_diff.py", FAITHFUL, quick=True),
    Row("book_integer.py", FAITHFUL, says=("[25000 35000] for [6 8]",), quick=True),
    Row("constructor_args.py", FAITHFUL, quick=True),
    Row("descent_float32.py", FAITHFUL, says=("init_x is changed in place",)),
    Row("history_returned.py", FAITHFUL, says=("(x, path)",), quick=True),
    Row("labels_only.py", FAITHFUL, says=("refused",), quick=True),
    Row("root_import/book/ch4/net.py", FAITHFUL, folder=HERE / "root_import"),
    Row("row_wise.py", FAITHFUL, says=("row",), quick=True),
    Row("second_argument.py", FAITHFUL),
    Row("sigmoid_clipped.py", FAITHFUL, says=("clip",)),
    Row("softmax_axis1.py", FAITHFUL, says=("one sample: refused",), quick=True),
    Row("star_import.py", FAITHFUL),
    Row("star_two_up/part4/lesson5/net.py", FAITHFUL, quick=True),
    Row("tqdm_with.py", FAITHFUL, quick=True),
    Row("wrong_cause_raises.py", FAITHFUL, quick=True),
    # ---- conventions
    Row("20_sklearn34830_mean_over_outputs.py", CONVENTION, SQUARES, ("F10",)),
    Row("10b_discuss160720_torch.py", CONVENTION, SQUARES, ("F04",), ("(N, 1) against (N,)",)),
    Row("book_gradient.py", CONVENTION, GRADIENT, ("F77",), quick=True),
    Row("keras_lr.py", CONVENTION, LOSS, ("F26",)),
    Row("pair_entropy_eps.py", CONVENTION, ENTROPY, ("F26",), quick=True),
    # ---- wrong
    Row("01_dlfs85_softmax_old.py", UNFAITHFUL, "softmax", ("F56",)),
    Row("04_so_ce_divided_by_classes.py", UNFAITHFUL, "softmax", ("F56", "F52")),
    Row("05_keras_core143_softmax_axis_none.py", UNFAITHFUL, "softmax", ("F56",)),
    Row("08b_jax1023_ce_mean_numpy.py", UNFAITHFUL, ENTROPY, ("F08",), quick=True),
    Row("09_flax2051_ce_without_log_softmax.py", UNFAITHFUL, ENTROPY, says=("scores",)),
    Row("09b_flax2051_net.py", UNFAITHFUL, LOSS),
    Row("17_keras6914_not_normalised.py", UNFAITHFUL, "load_mnist", ("F24",)),
    Row("18_handson132_test_not_normalised.py", UNFAITHFUL, "load_mnist", says=("x_test",)),
    Row("26_nll_of_probabilities.py", UNFAITHFUL, LOSS),
    Row("27_cross_entropy_loss_sum.py", UNFAITHFUL, LOSS, ("F08", "F26")),
    Row("51_own_reference_module/port.py", UNFAITHFUL, "sigmoid"),
    Row("67_f101_hides_f82.py", UNFAITHFUL, ENTROPY, ("F82",), quick=True),
    Row("71_softmax_two_faults_a.py", UNFAITHFUL, "softmax", ("F56", "F52")),
    Row("hidden_relu.py", UNFAITHFUL, PREDICT, says=("ReLU",)),
    Row("init_slow.py", UNFAITHFUL, "initialisation", ("F81",)),
    Row("method_names.py", UNFAITHFUL, GRADIENT, quick=True),
    Row("pair_diff.py", UNFAITHFUL, "numerical_diff", ("F80", "F59")),
    Row("pair_sigmoid_rowmax.py", UNFAITHFUL, "sigmoid", ("F89",)),
    Row("pair_softmax.py", UNFAITHFUL, "softmax", ("F56", "F52"), quick=True),
    Row("pair_softmax_rowmax.py", UNFAITHFUL, "softmax", ("F56",)),
    Row("pair_softmax_sum.py", UNFAITHFUL, "softmax", ("F90",)),
    Row("pair_squares.py", UNFAITHFUL, SQUARES, ("F94", "F10")),
    # ---- what cannot run here, or is something else
    Row("08_jax1023_ce_mean.py", NOT_COMPARABLE, says=("jax", "pip install", "--python")),
    Row("17b_keras6914_as_people_write_it.py", CONVENTION, LOSS, ("F26",), ("not looked at",)),
    Row("56_gpu.py", NOT_COMPARABLE, says=("GPU",)),
    Row("58_argv.py", NOT_COMPARABLE, says=("argument",), quick=True),
    Row("62_bf16.py", NOT_COMPARABLE, says=("bfloat16",)),
    Row("64_missing.py", NOT_COMPARABLE, says=("einops", "pip install"), quick=True),
    Row("65_missing2.py", NOT_COMPARABLE, says=("lightning", "pip install")),
    Row("68_right_batchnorm_module.py", NOT_COMPARABLE, says=("MyBatchNorm",)),
    Row("69_cnn_module.py", NOT_COMPARABLE, says=("Net",)),
    Row("false_pass.py", NOT_COMPARABLE, says=("did you mean cross_entropy_error",), quick=True),
    Row("functional_jax.py", NOT_COMPARABLE, says=("jax",)),
    Row("missing_import.py", NOT_COMPARABLE, says=("cupy",), quick=True),
    Row("newer_syntax.py", NOT_COMPARABLE, says=("or newer", "--python"), quick=True),
    Row("not_python.py", NOT_COMPARABLE, says=("line",), quick=True),
    Row("slow_import/net.py", FAITHFUL),
]
SCRIPTS = {
    "10_discuss160720_mse_broadcast.py": (1, "shape"),
    "11_so_bias_update_slip.py": (0, "F31: biases that are never updated"),
    "13_sklearn10477_alpha_over_n.py": (0, "F13: weight decay 0.01 of the weights"),
    "14_deepnet1_batches_do_not_match.py": (0, "labels of other rows: of each class it counts"),
    "21_pylearn2_1380_float32_tolerance.py": (0, "right values pass"),
}


def mark(row: Row) -> Any:
    return pytest.param(row, id=row.file, marks=[] if row.quick else [pytest.mark.sweep])


def list_causes(result: Check) -> set[str]:
    """The ids of the first finding's cause, both of two."""
    cause = (result.first_divergence and result.first_divergence.cause) or {}
    second = cause.get("with")
    return {str(cause["id"])} | ({second["id"]} if second else set()) if cause else set()


@pytest.mark.parametrize("row", [mark(row) for row in ROWS])
def test_a_careful_reader_would_say_the_same(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(row.folder)
    result = check(str(HERE / row.file), Options())
    said = " ".join(" ".join(format_check(result)).split())

    first = result.first_divergence.component if result.first_divergence else ""
    assert (result.exit_code, first) == (row.ends, row.first), said
    assert not row.causes or set(row.causes) <= list_causes(result), said
    assert all(words in said for words in row.says), said


@pytest.mark.sweep
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_ends_and_says_so(name: str, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, HERE / name, tmp_path],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    ends, words = SCRIPTS[name]
    assert (ran.returncode, words in ran.stdout + ran.stderr) == (ends, True), (
        ran.stdout + ran.stderr
    )


def test_every_case_has_a_row() -> None:
    named = {row.file.partition("/")[0] for row in ROWS} | {*SCRIPTS, "55_notebook.ipynb"}
    assert {path.name for path in HERE.iterdir() if path.name != "__pycache__"} == named
