"""A framework's model whose weights cannot be made: its layers tell what it is."""

from types import SimpleNamespace
from typing import Any

import pytest

from trueport.compare.chapter.user_code.model_reading import prepare_model
from trueport.compare.ports.user_code.errors import NotComparableError


def make_ops(layers: list[str], made_on_the_way: list[str]) -> Any:
    """What is asked of a framework, of a model that takes no rows of pixels."""

    def refuse(net: Any, dtype: str, inputs: int | None) -> Any:
        layers.extend(made_on_the_way)
        raise ValueError("expected min_ndim=4, found ndim=2")

    return SimpleNamespace(list_layers=lambda net: layers, prepare_model=refuse)


@pytest.mark.parametrize(
    ("layers", "later", "words"),
    [
        (["Conv2D", "Flatten", "Dense", "Dense"], [], "a convolution"),
        (["LSTM", "Dense"], [], "a recurrent layer"),
        ([], ["Conv2D", "Dense"], "a convolution"),
        (["Dense", "Dense", "Dense"], [], "3 fully connected layers"),
    ],
)
def test_other_layers_are_no_fault(layers: list[str], later: list[str], words: str) -> None:
    with pytest.raises(NotComparableError, match=words):
        prepare_model(object(), make_ops(layers, later), "float32", None)


def test_what_a_net_of_two_layers_raises_is_its_own() -> None:
    with pytest.raises(ValueError, match="min_ndim=4"):
        prepare_model(object(), make_ops(["Dense", "Dense"], []), "float32", None)
