"""Layers that are one in one model and several in the other, on records of models."""

import numpy as np
import pytest
from model_records import (
    Row,
    keras_conv,
    keras_dense,
    make_record,
    torch_conv,
    torch_dense,
)
from paired_records import carry_all, pair


# of 16 the projection and the layer behind it are as wide as a packed one too
def list_blocks(packed: bool, wide: int = 32) -> list[Row]:
    rows = []
    for i in range(2):
        projections = [torch_dense(f"h{i}.qkv", 8, 24)] if packed else []
        projections = projections or [torch_dense(f"h{i}.{n}", 8, 8) for n in "qkv"]
        rows += [*projections, torch_dense(f"h{i}.proj", 8, 8)]
        rows += [torch_dense(f"h{i}.up", 8, wide), torch_dense(f"h{i}.down", wide, 8)]
    return rows


@pytest.mark.parametrize("wide", [32, 16])
@pytest.mark.parametrize("packed", [True, False])
def test_packed_projections_go_to_separate_ones_and_back(packed: bool, wide: int) -> None:
    ours = make_record("torch", list_blocks(packed, wide))
    theirs = make_record("torch", list_blocks(not packed, wide))
    pairing = pair(ours, theirs)
    assert not pairing.unpaired_reference + pairing.unpaired_port
    carried = carry_all(pairing, ours, theirs)
    whole, parts = (ours[1], carried) if packed else (carried, ours[1])
    for i in range(2):
        stacked = np.concatenate([parts[f"h{i}.{n}.weight"] for n in "qkv"])
        assert np.array_equal(stacked, whole[f"h{i}.qkv.weight"])
        assert np.array_equal(parts[f"h{i}.proj.weight"], whole[f"h{i}.proj.weight"])


def test_attention_of_both_frameworks_and_one_written_by_hand() -> None:
    mha = ("attn", "torch.nn.MultiheadAttention", {
        "in_proj_weight": (24, 8), "in_proj_bias": (24,),
        "out_proj.weight": (8, 8), "out_proj.bias": (8,),
    })  # fmt: skip
    ours = make_record("torch", [mha], {"attn": {"heads": 2}})
    shapes: dict[str, tuple[int, ...]] = {}
    for n in ("query", "key", "value"):
        shapes |= {f"{n}.kernel": (8, 2, 4), f"{n}.bias": (2, 4)}
    shapes |= {"attention_output.kernel": (2, 4, 8), "attention_output.bias": (8,)}
    theirs = make_record("keras", [("mha", "keras.layers.MultiHeadAttention", shapes)])
    carried = carry_all(pair(ours, theirs), ours, theirs)
    key = ours[1]["attn.in_proj_weight"][8:16].T.reshape(8, 2, 4)
    assert np.array_equal(carried["mha/key/kernel"], key)
    hand = make_record(
        "torch", [torch_dense(n, 8, 8) for n in ("k_lin", "q_lin", "v_lin", "out_lin")]
    )
    written = carry_all(pair(theirs, hand), theirs, hand)
    assert np.array_equal(written["q_lin.weight"], theirs[1]["mha/query/kernel"].reshape(8, 8).T)
    back = carry_all(pair(hand, theirs), hand, theirs)
    assert np.array_equal(back["mha/value/bias"].ravel(), hand[1]["v_lin.bias"])


def test_a_layer_of_inputs_side_by_side_is_several_of_the_port():
    ours = make_record("torch", [torch_dense("joint", 7, 4)])
    rows = [
        ("wide", "keras.layers.Dense", {"kernel": (3, 4)}),
        keras_dense("deep", 4, 4),
    ]
    theirs = make_record("keras", rows)
    pairing = pair(ours, theirs)
    carried = carry_all(pairing, ours, theirs)
    weight = ours[1]["joint.weight"].T
    np.testing.assert_array_equal(carried["wide/kernel"], weight[:3])
    np.testing.assert_array_equal(carried["deep/kernel"], weight[3:])
    back = carry_all(pair(theirs, ours), theirs, ours)
    whole = np.concatenate([theirs[1]["wide/kernel"], theirs[1]["deep/kernel"]])
    np.testing.assert_array_equal(back["joint.weight"].T, whole)


def test_a_layer_of_keys_and_values_is_found_among_others_of_its_shape():
    ours = make_record(
        "torch",
        [torch_dense(f"attn.{name}", 6, 6) for name in ("q", "k", "v", "o")]
        + [torch_dense("mlp", 6, 12)],
    )
    rows = [("to_q", 6), ("to_kv", 12), ("to_out", 6), ("mlp", 12)]
    theirs = make_record("keras", [keras_dense(name, 6, n) for name, n in rows])
    carried = carry_all(pair(ours, theirs), ours, theirs)
    both = np.concatenate([ours[1]["attn.k.weight"].T, ours[1]["attn.v.weight"].T], axis=-1)
    np.testing.assert_array_equal(carried["to_kv/kernel"], both)


def test_convolutions_side_by_side_are_one_by_the_numbers_in_their_names() -> None:
    names = ["res_0", "res_1", "res_2", "skip_1", "skip_0", "skip_2"]
    widths = {"res": 4, "skip": 8}
    ours = make_record("keras", [keras_conv(n, 5, widths[n[:-2]], 1) for n in names])
    theirs = make_record("torch", [torch_conv(f"{i}.proj", 5, 12, 1, True) for i in range(3)])
    pairing = pair(ours, theirs)
    found = {one.port[0]: one.reference for one in pairing.pairs}
    for i in range(3):
        assert found[f"{i}.proj.weight"] == (f"res_{i}/kernel", f"skip_{i}/kernel")
    carried = carry_all(pairing, ours, theirs)
    whole = np.concatenate([ours[1]["res_1/kernel"], ours[1]["skip_1/kernel"]], -1)
    assert np.array_equal(carried["1.proj.weight"], whole.transpose(3, 2, 0, 1))


def test_layers_alike_are_one_tensor_with_an_axis_for_them() -> None:
    ours = make_record("keras", [keras_dense(f"expert{i}", 5, 7) for i in (2, 0, 1)])
    theirs = make_record("keras", [("bank", "__main__.Bank", {"w1": (3, 5, 7), "b1": (3, 7)})])
    carried = carry_all(pair(ours, theirs), ours, theirs)
    for i in range(3):
        assert np.array_equal(carried["bank/w1"][i], ours[1][f"expert{i}/kernel"])
        assert np.array_equal(carried["bank/b1"][i], ours[1][f"expert{i}/bias"])


def test_convolutions_with_partners_are_no_parts_of_another() -> None:
    rows = [keras_conv("a", 3, 4, 3), keras_conv("b", 3, 4, 3)]
    ours = make_record("keras", [*rows, keras_conv("wide", 3, 8, 3)])
    theirs = make_record("torch", [torch_conv(n, 3, 4, 3, True) for n in ("x", "y")])
    assert dict(pair(ours, theirs).layer_pairs) == {"a": "x", "b": "y"}


def test_tables_of_several_fields_are_one_in_the_order_of_their_numbers() -> None:
    def list_table(name: str, rows: int, width: int) -> Row:
        return name, "keras.layers.Embedding", {"embeddings": (rows, width)}

    fields = [list_table(f"v_{i}", 3 + i, 4) for i in (5, 0, 1, 2, 3, 4)]
    ours = make_record("keras", [*fields, *(list_table(f"w_{i}", 3 + i, 1) for i in range(6))])
    one = ("wide.table", "torch.nn.Embedding", {"weight": (33, 1)})
    theirs = make_record("torch", [one, ("deep.table", one[1], {"weight": (33, 4)})])
    carried = carry_all(pair(ours, theirs), ours, theirs)
    for name, kind in (("deep", "v"), ("wide", "w")):
        parts = [ours[1][f"{kind}_{i}/embeddings"] for i in range(6)]
        assert np.array_equal(carried[f"{name}.table.weight"], np.concatenate(parts))


def test_more_tables_without_numbers_have_no_partner() -> None:
    kind = "keras.layers.Embedding"
    names = ("user", "item", "city", "day", "hour")
    ours = make_record("keras", [(n, kind, {"embeddings": (3, 4)}) for n in names])
    theirs = make_record("torch", [("table", "torch.nn.Embedding", {"weight": (15, 4)})])
    assert pair(ours, theirs).pairs == ()


def list_heads(numbers: range, name: str) -> list[Row]:
    made = [(i, part) for i in numbers for part in ("theta_f", "theta_b")]
    return [keras_dense(name.format(i=i, part=part), 4, 4) for i, part in made]


def test_layers_of_one_number_and_like_words_are_one_whatever_their_order() -> None:
    ours = make_record("keras", list_heads(range(3), "stack.{i}.{part}_fc")[::-1])
    theirs = make_record("keras", list_heads(range(3), "{i}_generic_{part}"))
    found = dict(pair(ours, theirs).layer_pairs)
    assert len(found) == 6
    assert found["stack.1.theta_b_fc"] == "1_generic_theta_b"


def test_numbers_that_begin_elsewhere_tell_nothing() -> None:
    ours = make_record("keras", list_heads(range(1, 4), "stack.{i}.{part}_fc"))
    theirs = make_record("keras", list_heads(range(3), "{i}_generic_{part}"))
    found = dict(pair(ours, theirs).layer_pairs)
    assert found["stack.1.theta_f_fc"] == "0_generic_theta_f"
