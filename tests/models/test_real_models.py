"""Models written by others, with random weights: Keras's and keras-hub's against PyTorch's.

As published they part by design, and each difference is named; with the settings brought together
they are faithful. `make real-models` runs them, in an environment that has the packages.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import pytest

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

HERE = Path(__file__).parent / "real"
MEMORY_MB, TIMEOUT = 12_000, 600.0
NEEDED = ("torchvision", "transformers", "keras_hub")


@dataclass(frozen=True)
class Row:
    """A pair, and which variant of the reference. causes: the settings that are named."""

    name: str
    variant: str
    shape: str = ""
    causes: frozenset[str] = frozenset()


IMAGES = "2x3x64x64"
ROWS = [
    Row("resnet50", "published", IMAGES, frozenset({"epsilon", "stride+epsilon"})),
    Row("resnet50", "aligned", IMAGES),
    Row("vgg16", "published", IMAGES),
    Row("mobilenet", "published", IMAGES, frozenset({"epsilon", "padding"})),
    Row("mobilenet", "aligned", IMAGES),
    Row("densenet", "published", IMAGES, frozenset({"epsilon"})),
    Row("densenet", "aligned", IMAGES),
    Row("efficientnet", "published", IMAGES, frozenset({"epsilon", "padding"})),
    Row("efficientnet", "aligned", IMAGES),
    Row("bert", "published", "", frozenset({"activation"})),
    Row("bert", "aligned"),
    Row("gpt2", "published"),
    Row("vit", "published", "", frozenset({"epsilon"})),
    Row("vit", "aligned"),
]


@pytest.mark.sweep
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.variant}")
def test_a_real_pair_is_judged_and_explained(row: Row) -> None:
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        pytest.skip(f"needs {', '.join(lacking)}: make real-models")
    options = Options(
        against=f"{HERE / row.name}_torch.py:{row.variant}",
        dtypes=("float64",),
        shapes=(row.shape,) if row.shape else (),
        memory_mb=MEMORY_MB,
        timeout=TIMEOUT,
    )
    result = check(f"{HERE / row.name}_keras.py", options)
    assert result.hindrance == ""
    named = {v.cause["id"] for v in result.verdicts if v.status == "unfaithful" and v.cause}
    assert row.causes <= named
    assert (result.verdict == "faithful") == (not row.causes)
