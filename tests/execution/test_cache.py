"""What the user's cache recognises an entry by."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution import cache
from trueport.compare.execution.cache import Cache, digest_code
from trueport.compare.judging.truth_cache import load_expected_outputs
from trueport.compare.suite.sources import read_module_sources
from trueport.compare.training.envelope import ReferenceProblem

PACKAGES = ("trueport.reference", "trueport.compare")
FILES = [(package, file) for package in PACKAGES for file in read_module_sources(package)]


class Witness(Cache):
    """A cache that holds nothing, and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(None)
        self.names: list[dict[str, Any]] = []

    def load(self, kind: str, name: Any) -> None:
        self.names.append(dict(name))


def make_keys() -> list[str]:
    """The codes that the expected outputs, a training's truth and its envelope depend on."""
    witness = Witness()
    load_expected_outputs(CHAPTER, [], "float32", witness, data_md5="")
    plan = {"learning_rate": 0.1, "iter_per_epoch": 1, "checkpoints": []}
    data: Any = SimpleNamespace(md5="")
    problem = ReferenceProblem(CHAPTER, data, {}, np.zeros((1, 1), np.int64), plan)
    names = [*witness.names, problem.name, problem.make_envelope_key("float32")]
    return [name["code"] for name in names]


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    digest_code.cache_clear()
    yield
    digest_code.cache_clear()


@pytest.mark.sweep
def test_a_change_of_any_file_makes_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the truth and of all of compare/, the normalisation of the images among it."""
    assert ("trueport.compare", "chapter/digits.py") in FILES
    assert ("trueport.reference", "mnist.py") in FILES
    sources = {package: read_module_sources(package) for package in PACKAGES}
    monkeypatch.setattr(cache, "read_module_sources", sources.__getitem__)
    seen = {make_keys()[0]}
    for package, file in FILES:
        before = sources[package][file]
        sources[package][file] = before + "\n"
        digest_code.cache_clear()
        keys = make_keys()
        assert len(set(keys)) == 1, file  # one rule for all
        assert keys[0] not in seen, file
        seen.add(keys[0])
        sources[package][file] = before
    assert len(seen) == 1 + len(FILES) > 200
