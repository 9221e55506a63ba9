"""Pairs by authors who did not know the product, each once judged wrongly or not explained."""

import json

import pytest
from paths import ROOT

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

FOLDERS = sorted((ROOT / "tests" / "data" / "model_pairs").iterdir())


@pytest.mark.sweep
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pair_is_judged_as_its_author_says(folder):
    told = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
    options = Options(
        against=str(folder / "reference.py"),
        dtypes=tuple(told.get("dtypes", ["float64"])),
        shapes=tuple(told["inputs"]),
    )
    result = check(str(folder / "port.py"), options)
    assert (result.verdict, result.hindrance) == ("unfaithful" if told["fault"] else "faithful", "")
    if told["cause"]:
        assert told["cause"] in (result.first_divergence.cause or {}).get("name", "")
