"""What a file says of libraries that are not here, or are newer: answered, and said."""

import ast

import pytest

from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.ports.user_code.loading import find_training_loop
from trueport.compare.ports.user_code.older_keras import (
    list_renamed_arguments,
    rename_arguments,
    renamed,
)
from trueport.compare.ports.user_code.shims import ShimFinder


def test_a_stand_in_brings_its_inner_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CHAPTER.user_code is not None
    import sys

    finder = ShimFinder(CHAPTER.user_code, list, {"torchvision"}, ())
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    monkeypatch.setattr(finder, "_is_installed", lambda name: False)
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    import torchvision

    assert torchvision.datasets.MNIST
    with pytest.raises(AttributeError, match="no attribute 'models'"):
        _ = torchvision.models
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)


def test_an_older_argument_that_was_given_is_said() -> None:
    renamed.clear()
    make = rename_arguments(lambda learning_rate: learning_rate)
    assert make(learning_rate=0.1) == 0.1
    assert not list_renamed_arguments()
    assert make(lr=0.2) == 0.2
    assert list_renamed_arguments() == [
        "an optimizer's lr was taken for learning_rate: Keras 3 refuses lr"
    ]
    renamed.clear()


@pytest.mark.parametrize(
    ("text", "trains"),
    [
        ("model.fit(x, t, epochs=3)", True),
        ("history = model.fit(x, t, batch_size=100)", True),
        ("scaler.fit(x)", False),
        ("n = model.fits(epochs=3)", False),
    ],
)
def test_a_fit_at_the_top_is_seen_before_it_runs(text: str, trains: bool) -> None:
    assert bool(find_training_loop(ast.parse(text))) == trains
