"""Public reports about people's own references, each as two files: found, placed and explained.

A row gives the lines that the edit of the reference must hold.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from paths import DATA

from trueport.compare.judging.check import Check
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

HERE = DATA / "own_reference"


@dataclass(frozen=True)
class Row:
    """folder: below `HERE`. first: the function that departs. lines: of the edit, each added."""

    folder: str
    first: str
    lines: tuple[str, ...]
    quick: bool = False
    port: str = "port.py"

    def run(self) -> Check:
        folder = HERE / self.folder
        return check(
            str(folder / self.port),
            Options(against=str(folder / "reference.py"), dtypes=("float64",)),
        )


ROWS = [
    Row("31_conv_same_stride", "conv2d", ("x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))",)),
    Row(
        "33_batch_norm",
        "batch_norm",
        (
            "var = x.var(axis=0, ddof=1)",
            "return ((x - mean) / np.sqrt(var) + eps) * weight + bias",
        ),
    ),
    Row(
        "34_layer_norm",
        "layer_norm",
        (
            "var = ((x - mean) ** 2).sum(axis=-1, keepdims=True) / (x.shape[-1] - 1)",
            "return (x - mean) / (np.sqrt(var) + eps)",
        ),
    ),
    Row(
        "36_embedding_gradient",
        "embedding_gradient",
        ("for k in range(len(Xb)): dC[Xb[k]] += demb[k]",),
    ),
    Row("36_embedding_gradient", "embedding_gradient", ("dC[Xb] += demb",), port="port_at_once.py"),
    Row("38_bilinear", "resize", ("at = np.arange(n) * scale",)),
    Row("39_rmsprop", "rmsprop", ("return p - lr * g / np.sqrt(v + eps), v",)),
    Row(
        "41_focal_loss",
        "focal_loss",
        ("ce = (-log_p[np.arange(len(target)), target]).mean()",),
    ),
    Row("43_dropout", "dropout", ("return x * mask / p",), quick=True),
    Row(
        "45_adam",
        "adam",
        ("return p - lr * m_hat / (np.sqrt(v_hat) + eps / (1 - b2 ** t) ** 0.5), m, v",),
    ),
]


def mark(row: Row) -> Any:
    return pytest.param(
        row, id=f"{row.folder} {row.port}", marks=[] if row.quick else [pytest.mark.sweep]
    )


@pytest.mark.parametrize("row", [mark(row) for row in ROWS])
def test_a_report_is_found_and_explained(row: Row) -> None:
    result = row.run()
    first = result.first_divergence
    assert result.exit_code == 1
    assert first is not None
    assert first.component == row.first
    added = [line[1:].strip() for line in (first.cause or {}).get("diff", "").splitlines()]
    for line in row.lines:
        assert line in added, "\n".join(format_check(result))


@pytest.mark.sweep
@pytest.mark.parametrize("folder", ["43_dropout", "45_adam"])
def test_a_reference_is_faithful_to_itself(folder: str) -> None:
    reference = str(HERE / folder / "reference.py")
    result = check(reference, Options(against=reference))
    assert result.exit_code == 0, "\n".join(format_check(result))
