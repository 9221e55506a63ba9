"""Pairs of names as they are typed, or stand in a file."""

import pytest

from trueport.compare.cli.options import parse_pairs


def test_names_of_tensors_and_layers_may_be_any():
    assert parse_pairs(("block/fc=layers.0.fc",)) == {"layers.0.fc": "block/fc"}


def test_pairs_may_stand_in_a_file(tmp_path):
    (tmp_path / "map.json").write_text('{"mine": "theirs"}', encoding="utf-8")
    assert parse_pairs((str(tmp_path / "map.json"), "a=b")) == {"theirs": "mine", "b": "a"}


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', "{"])
def test_a_file_without_pairs_is_refused(text, tmp_path):
    (tmp_path / "map.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"map\.json"):
        parse_pairs((str(tmp_path / "map.json"),))
