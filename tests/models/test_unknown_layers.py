"""Tensors of layers of no known kind, and of the model itself, on records of models."""

from typing import Any

import numpy as np
import pytest
from model_records import (
    Row,
    keras_dense,
    make_record,
    torch_dense,
)
from paired_records import carry_all, pair

from trueport.compare.models.pair_tensors import use_alternative


def test_a_layer_of_no_known_kind_goes_by_shape_or_has_its_square_turned() -> None:
    ours = make_record("torch", [
        ("c_attn", "transformers.pytorch_utils.Conv1D", {"weight": (8, 24), "bias": (24,)}),
        ("mine", "MyDense", {"weight": (5, 5), "bias": (5,)}),
        ("norm", "MyGroupNorm", {"weight": (1, 8, 1, 1), "bias": (1, 8, 1, 1)}),
    ])  # fmt: skip
    rows = [keras_dense("dense", 8, 24), keras_dense("dense_1", 5, 5)]
    rows += [("ln", "keras.layers.LayerNormalization", {"gamma": (8,), "beta": (8,)})]
    theirs = make_record("keras", rows)
    pairing = pair(ours, theirs)
    assert not pairing.unpaired_reference + pairing.unpaired_port
    carried = carry_all(pairing, ours, theirs)
    assert np.array_equal(carried["dense/kernel"], ours[1]["c_attn.weight"])
    assert np.array_equal(carried["dense_1/kernel"], ours[1]["mine.weight"].T)
    assert np.array_equal(carried["ln/gamma"], ours[1]["norm.weight"].ravel())
    [turned] = [a for a in pairing.alternatives if "MyDense" in a.why]
    carried = carry_all(use_alternative(pairing, turned), ours, theirs)
    assert np.array_equal(carried["dense_1/kernel"], ours[1]["mine.weight"])


def test_a_layer_with_more_tensors_than_its_kind_goes_by_shape() -> None:
    lora = {"lora_a": (4, 2), "lora_b": (2, 6)}
    name, kind, shapes = keras_dense("dense", 4, 6)
    ours = make_record("keras", [(name, kind, shapes | lora)])
    theirs = make_record("keras", [("mine", "MyLora", shapes | lora)])
    carried = carry_all(pair(ours, theirs), ours, theirs)
    assert set(carried) == set(theirs[1])
    assert np.array_equal(carried["mine/lora_b"], ours[1]["dense/lora_b"])


def test_a_token_of_a_layer_of_ones_own_is_not_taken_for_a_norm() -> None:
    tokens = {"cls_token": (1, 1, 8), "position_embeddings": (1, 5, 8)}
    norm = ("norm", "torch.nn.LayerNorm", {"weight": (8,), "bias": (8,)})
    ours = make_record("torch", [("embeddings", "Embeddings", tokens), norm])
    places = ("patching/place", "keras.layers.Embedding", {"embeddings": (5, 8)})
    theirs = make_record(
        "keras",
        [
            ("patching", "Patching", {"class_token": (1, 1, 8)}),
            places,
            ("ln", "keras.layers.LayerNormalization", {"gamma": (8,), "beta": (8,)}),
        ],
    )
    pairing = pair(ours, theirs)
    assert not pairing.unpaired_reference + pairing.unpaired_port
    carried = carry_all(pairing, ours, theirs)
    assert np.array_equal(carried["patching/class_token"], ours[1]["embeddings.cls_token"])
    places_carried = carried["patching/place/embeddings"]
    assert np.array_equal(places_carried, ours[1]["embeddings.position_embeddings"][0])
    assert np.array_equal(carried["ln/gamma"], ours[1]["norm.weight"])


def bare(**shapes: tuple[int, ...]) -> list[Row]:
    """Parameters of a layer of the user's own."""
    return [("net", "__main__.Net", dict(shapes))]


def test_square_matrices_of_no_layer_are_turned_as_the_others_are() -> None:
    ours = make_record("torch", [torch_dense("a", 4, 6, False), torch_dense("b", 6, 6, False)])
    for shape, turned in (((6, 4), False), ((4, 6), True)):
        theirs = make_record("torch", bare(one=shape, two=(6, 6)))
        carried = carry_all(pair(ours, theirs, None, ["net.one", "net.two"]), ours, theirs)
        for name, other in (("a.weight", "net.one"), ("b.weight", "net.two")):
            assert np.array_equal(carried[other], ours[1][name].T if turned else ours[1][name])


def test_a_table_is_not_turned_because_a_kernel_is() -> None:
    ours = make_record("torch", bare(w_in=(6, 4), pos_embed=(6, 6)))
    theirs = make_record("torch", bare(w_in=(4, 6), pos_embed=(6, 6)))
    carried = carry_all(pair(ours, theirs), ours, theirs)
    assert np.array_equal(carried["net.w_in"], ours[1]["net.w_in"].T)
    assert np.array_equal(carried["net.pos_embed"], ours[1]["net.pos_embed"])


def test_tensors_of_no_layer_go_by_their_first_use() -> None:
    ours = make_record("torch", [torch_dense(n, 4, 6) for n in "abc"])
    theirs = make_record("torch", bare(x=(6, 4), y=(6, 4), z=(6, 4), u=(6,), v=(6,), w=(6,)))
    pairing = pair(ours, theirs, None, [f"net.{n}" for n in "yuzwxv"])
    found = {one.reference: one.port for one in pairing.pairs}
    assert [found[(f"{n}.weight",)] for n in "abc"] == [("net.y",), ("net.z",), ("net.x",)]
    assert [found[(f"{n}.bias",)] for n in "abc"] == [("net.u",), ("net.w",), ("net.v",)]


def test_axes_in_an_order_of_somebodys_own_are_put_in_it() -> None:
    ours = make_record("torch", bare(w=(1, 10, 32, 8, 4)))
    theirs = make_record("torch", bare(transform=(32, 10, 4, 8)))
    carried = carry_all(pair(ours, theirs, ["net.w"], ["net.transform"]), ours, theirs)
    assert np.array_equal(carried["net.transform"], ours[1]["net.w"][0].transpose(1, 0, 3, 2))


@pytest.mark.parametrize(("framework", "order"), [("keras", (0, 1, 2)), ("torch", (1, 0, 2))])
def test_who_writes_out_a_gru_keeps_the_order_of_gates(framework: str, order: Any) -> None:
    if framework == "keras":
        shapes = {"kernel": (5, 12), "recurrent_kernel": (4, 12), "bias": (12,)}
        ours = make_record("keras", [("gru", "keras.layers.GRU", shapes)], {"gru": {}})
        own = ours[1]["gru/kernel"]
    else:
        shapes = {"weight_ih": (12, 5), "weight_hh": (12, 4), "bias_ih": (12,), "bias_hh": (12,)}
        ours = make_record("torch", [("gru", "torch.nn.GRUCell", shapes)], {"gru": {}})
        own = ours[1]["gru.weight_ih"].T
    rows = {"kernel": (5, 12), "recurrent_kernel": (4, 12), "bias": (12,)}
    theirs = make_record("torch", [("own", "__main__.OwnGRU", rows)])
    pairing = pair(ours, theirs)
    assert ("gru", "own") in pairing.layer_pairs or framework == "torch"
    carried = carry_all(pairing, ours, theirs)
    assert np.array_equal(carried["own.kernel"], own)
