"""Models written by others, with random weights: Keras's and keras-hub's against PyTorch's.

As published they part by design, and each difference is named; with the settings brought together
they are faithful. `make real-models` runs them, in an environment that has the packages.
"""

import importlib.util
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from paths import ROOT

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

HERE = ROOT / "tests" / "data" / "real_models"
MEMORY_MB, TIMEOUT = 12_000, 600.0
NEEDED = ("torchvision", "transformers", "keras_hub")


@dataclass(frozen=True)
class Row:
    """A pair, and which variant of the reference.

    causes: the ids of those that are named, each with how many layers it is of; of "" those whose
    cause is not known.
    """

    name: str
    variant: str
    shape: str = ""
    causes: Mapping[str, int] = field(default_factory=dict)


IMAGES = "2x3x64x64"
ROWS = [
    Row("resnet50", "published", IMAGES, {"epsilon": 50, "stride+epsilon": 3}),
    Row("resnet50", "aligned", IMAGES),
    Row("vgg16", "published", IMAGES),
    Row("mobilenet", "published", IMAGES, {"epsilon": 52, "padding": 5}),
    Row("mobilenet", "aligned", IMAGES),
    Row("densenet", "published", IMAGES, {"epsilon": 121}),
    Row("densenet", "aligned", IMAGES),
    Row("efficientnet", "published", IMAGES, {"epsilon": 49, "padding": 4, "": 1}),
    Row("efficientnet", "aligned", IMAGES),
    Row("bert", "published", "", {"activation": 2}),
    Row("bert", "aligned"),
    Row("gpt2", "published"),
    Row("vit", "published", "", {"epsilon": 5}),
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
    failed = [v for v in result.verdicts if v.status == "unfaithful"]
    assert Counter((v.cause or {}).get("id", "") for v in failed) == row.causes
    assert (result.verdict == "faithful") == (not row.causes)
