"""The table of pairs, on records that resemble models as people have them in both frameworks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from model_records import (
    Row,
    keras_conv,
    keras_dense,
    keras_norm,
    make_record,
    torch_conv,
    torch_dense,
    torch_norm,
)

from trueport.compare.models.carry_tensors import carry
from trueport.compare.models.pair_tensors import Pairing, pair_tensors, use_alternative
from trueport.compare.models.records import ModelRecord


def pair(
    ours: Any,
    theirs: Any,
    our_calls: Sequence[str] | None = None,
    their_calls: Sequence[str] | None = None,
    **options: Any,
) -> Pairing:
    calls = our_calls or list_layers(ours[0]), their_calls or list_layers(theirs[0])
    return pair_tensors(ours[0], theirs[0], *calls, **options)


def list_layers(record: ModelRecord) -> list[str]:
    return [layer.name for layer in record.layers if layer.parent == ""]


def carry_all(pairing: Pairing, ours: Any, theirs: Any) -> dict[str, np.ndarray]:
    return carry(pairing, ours[1], theirs[1], ours[0], theirs[0], ours[1].keys())


STAGES = ((64, 64, 256, 2), (256, 128, 512, 2))


def list_torch_resnet() -> list[Row]:
    rows = [torch_conv("conv1", 3, 64, 7), torch_norm("bn1", 64)]
    for stage, (inputs, inner, outputs, blocks) in enumerate(STAGES, 1):
        for block in range(blocks):
            name, width = f"layer{stage}.{block}", outputs if block else inputs
            rows += [torch_conv(f"{name}.conv1", width, inner, 1), torch_norm(f"{name}.bn1", inner)]
            rows += [torch_conv(f"{name}.conv2", inner, inner, 3), torch_norm(f"{name}.bn2", inner)]
            rows += [torch_conv(f"{name}.conv3", inner, outputs, 1)]
            rows += [torch_norm(f"{name}.bn3", outputs)]
            if not block:
                rows += [torch_conv(f"{name}.downsample.0", width, outputs, 1)]
                rows += [torch_norm(f"{name}.downsample.1", outputs)]
    return [*rows, torch_dense("fc", 512, 10)]


def list_keras_resnet() -> list[Row]:
    rows = [keras_conv("conv1_conv", 3, 64, 7), keras_norm("conv1_bn", 64)]
    for stage, (inputs, inner, outputs, blocks) in enumerate(STAGES, 2):
        for block in range(1, blocks + 1):
            name, width = f"conv{stage}_block{block}", outputs if block > 1 else inputs
            rows += [
                keras_conv(f"{name}_1_conv", width, inner, 1),
                keras_norm(f"{name}_1_bn", inner),
            ]
            rows += [
                keras_conv(f"{name}_2_conv", inner, inner, 3),
                keras_norm(f"{name}_2_bn", inner),
            ]
            shortcut = [keras_conv(f"{name}_0_conv", width, outputs, 1)] if block == 1 else []
            rows += [*shortcut, keras_conv(f"{name}_3_conv", inner, outputs, 1)]
            rows += [keras_norm(f"{name}_0_bn", outputs)] if block == 1 else []
            rows += [keras_norm(f"{name}_3_bn", outputs)]
    return [*rows, keras_dense("predictions", 512, 10)]


def test_resnet_of_torchvision_and_of_keras() -> None:
    ours = make_record("torch", list_torch_resnet())
    theirs = make_record("keras", list_keras_resnet())
    pairing = pair(ours, theirs)
    found = dict(pairing.layer_pairs)
    for stage, (_, _, _, blocks) in enumerate(STAGES, 1):
        for block in range(blocks):
            name, other = f"layer{stage}.{block}", f"conv{stage + 1}_block{block + 1}"
            for i in (1, 2, 3):
                assert found[f"{name}.conv{i}"] == f"{other}_{i}_conv"
                assert found[f"{name}.bn{i}"] == f"{other}_{i}_bn"
            if not block:
                assert found[f"{name}.downsample.0"] == f"{other}_0_conv"
                assert found[f"{name}.downsample.1"] == f"{other}_0_bn"
    assert found["fc"] == "predictions"
    assert not pairing.unpaired_reference
    assert all(name.endswith("conv/bias") for name in pairing.unpaired_port)
    assert pairing.unpaired_filled == pairing.unpaired_port
    carried = carry_all(pairing, ours, theirs)
    assert set(carried) == set(theirs[1])
    assert not carried["conv1_conv/bias"].any()
    weight = ours[1]["layer1.0.downsample.0.weight"]
    assert np.array_equal(carried["conv2_block1_0_conv/kernel"], weight.transpose(2, 3, 1, 0))


@pytest.mark.parametrize("order", [("q", "k", "v"), ("k", "q", "v"), ("v", "k", "q")])
def test_projections_of_one_shape_go_by_their_names(order: tuple[str, ...]) -> None:
    ours = make_record("torch", [torch_dense(f"block.{n}_proj", 8, 8) for n in (*"qkv", "out")])
    words = {"q": "query", "k": "key", "v": "value"}
    theirs = make_record(
        "keras", [keras_dense(words[n], 8, 8) for n in order] + [keras_dense("output", 8, 8)]
    )
    found = dict(pair(ours, theirs).layer_pairs)
    assert found == {f"block.{n}_proj": words.get(n, "output") for n in (*"qkv", "out")}


def test_equal_square_layers_go_by_their_order() -> None:
    ours = make_record("torch", [torch_dense(f"fc{i}", 8, 8) for i in (1, 2, 3)])
    theirs = make_record("keras", [keras_dense(n, 8, 8) for n in ("dense", "dense_1", "dense_2")])
    pairing = pair(ours, theirs)
    assert pairing.layer_pairs == (("fc1", "dense"), ("fc2", "dense_1"), ("fc3", "dense_2"))
    assert len(pairing.alternatives) == 5
    carried = carry_all(pairing, ours, theirs)
    assert np.array_equal(carried["dense_1/kernel"], ours[1]["fc2.weight"].T)
    other = carry_all(use_alternative(pairing, pairing.alternatives[0]), ours, theirs)
    assert any(not np.array_equal(carried[name], other[name]) for name in carried)


def test_the_order_of_calls_decides_and_not_that_of_definitions() -> None:
    ours = make_record("torch", [torch_dense(n, 8, 8) for n in ("a", "b", "c")])
    theirs = make_record("keras", [keras_dense(n, 8, 8) for n in ("dense", "dense_1", "dense_2")])
    pairing = pair(ours, theirs, ["c", "a", "b"])
    assert pairing.layer_pairs == (("c", "dense"), ("a", "dense_1"), ("b", "dense_2"))


def test_two_layers_of_lstm_are_two_layers() -> None:
    shapes: dict[str, tuple[int, ...]] = {}
    for i, inputs in enumerate((3, 5)):
        shapes |= {f"weight_ih_l{i}": (20, inputs), f"weight_hh_l{i}": (20, 5)}
        shapes |= {f"bias_ih_l{i}": (20,), f"bias_hh_l{i}": (20,)}
    ours = make_record("torch", [("lstm", "torch.nn.LSTM", shapes), torch_dense("fc", 5, 2)])
    cells = [
        (n, "keras.layers.LSTM", {
            "lstm_cell.kernel": (inputs, 20),
            "lstm_cell.recurrent_kernel": (5, 20),
            "lstm_cell.bias": (20,),
        })
        for n, inputs in (("lstm", 3), ("lstm_1", 5))
    ]  # fmt: skip
    theirs = make_record("keras", [*cells, keras_dense("dense", 5, 2)])
    pairing = pair(ours, theirs)
    assert pairing.layer_pairs == (("lstm", "lstm"), ("lstm", "lstm_1"), ("fc", "dense"))
    assert not pairing.unpaired_reference + pairing.unpaired_port
    carried = carry_all(pairing, ours, theirs)
    summed = ours[1]["lstm.bias_ih_l1"] + ours[1]["lstm.bias_hh_l1"]
    assert np.array_equal(carried["lstm_1/lstm_cell/bias"], summed)
    back = pair(theirs, ours)
    returned = carry_all(back, theirs, ours)
    assert np.array_equal(
        returned["lstm.weight_hh_l1"], theirs[1]["lstm_1/lstm_cell/recurrent_kernel"].T
    )
    assert not returned["lstm.bias_hh_l0"].any()


@pytest.mark.parametrize("missing", [0, 1, 3])
def test_a_layer_that_only_one_model_has_derails_nothing(missing: int) -> None:
    sizes = [(8, 16), (16, 16), (16, 8), (8, 4)]
    ours = make_record("torch", [torch_dense(f"fc{i}", *s) for i, s in enumerate(sizes)])
    rows = [keras_dense(f"part{i}", *s) for i, s in enumerate(sizes) if i != missing]
    theirs = make_record("keras", rows)
    pairing = pair(ours, theirs)
    kept = [i for i in range(4) if i != missing]
    assert pairing.layer_pairs == tuple((f"fc{i}", f"part{i}") for i in kept)
    assert pairing.unpaired_reference == (f"fc{missing}.weight", f"fc{missing}.bias")
    assert not pairing.unpaired_port


def test_a_bias_that_only_the_reference_has_is_listed() -> None:
    ours = make_record("torch", [torch_dense("a", 3, 4), torch_dense("b", 4, 5)])
    theirs = make_record("keras", [keras_dense("a", 3, 4, bias=False), keras_dense("b", 4, 5)])
    pairing = pair(ours, theirs)
    assert pairing.layer_pairs == (("a", "a"), ("b", "b"))
    assert pairing.unpaired_reference == ("a.bias",)


def test_a_tied_head_needs_no_partner_and_gives_its_values_to_one_of_its_own() -> None:
    table = ("wte", "torch.nn.Embedding", {"weight": (11, 8)})
    rows = [table, torch_dense("fc", 8, 8), torch_dense("lm_head", 8, 11, bias=False)]
    ours = make_record("torch", rows, lm_head__weight="wte.weight")
    embedding = ("embedding", "keras.layers.Embedding", {"embeddings": (11, 8)})
    theirs = make_record("keras", [embedding, keras_dense("dense", 8, 8)])
    pairing = pair(ours, theirs)
    assert not pairing.unpaired_reference + pairing.unpaired_port
    own = make_record(
        "keras", [embedding, keras_dense("dense", 8, 8), keras_dense("head", 8, 11, False)]
    )
    carried = carry_all(pair(ours, own), ours, own)
    assert np.array_equal(carried["head/kernel"], ours[1]["wte.weight"].T)
    assert np.array_equal(carried["embedding/embeddings"], ours[1]["wte.weight"])


def list_blocks(packed: bool, wide: int = 32) -> list[Row]:
    rows = []
    for i in range(2):
        projections = [torch_dense(f"h{i}.qkv", 8, 24)] if packed else []
        projections = projections or [torch_dense(f"h{i}.{n}", 8, 8) for n in "qkv"]
        rows += [*projections, torch_dense(f"h{i}.proj", 8, 8)]
        rows += [torch_dense(f"h{i}.up", 8, wide), torch_dense(f"h{i}.down", wide, 8)]
    return rows


# of 16 the projection and the layer behind it are as wide as a packed one too
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


def test_a_map_fixes_layers_and_tensors() -> None:
    ours = make_record("torch", [torch_dense(f"fc{i}", 8, 8) for i in (1, 2, 3)])
    theirs = make_record("keras", [keras_dense(n, 8, 8) for n in ("dense", "dense_1", "dense_2")])
    pairing = pair(ours, theirs, fixed={"fc1": "dense_2", "fc2": "dense"})
    assert dict(pairing.layer_pairs) == {"fc1": "dense_2", "fc2": "dense", "fc3": "dense_1"}
    fixed = {"fc1.bias": "dense_1/bias", "fc2.bias": "dense/bias"}
    carried = carry_all(pair(ours, theirs, fixed=fixed), ours, theirs)
    assert np.array_equal(carried["dense_1/bias"], ours[1]["fc1.bias"])
    assert np.array_equal(carried["dense_1/kernel"], ours[1]["fc2.weight"].T)
    with pytest.raises(ValueError, match="nothing"):
        pair(ours, theirs, fixed={"fc1": "nothing"})


def test_the_table_says_how_each_value_is_carried() -> None:
    ours = make_record(
        "torch", [torch_conv("c", 3, 4, 5), torch_norm("n", 4), torch_dense("d", 4, 4)]
    )
    theirs = make_record(
        "keras", [keras_conv("c", 3, 4, 5), keras_norm("n", 4), keras_dense("d", 4, 4)]
    )
    told = {pair.port: pair.how for pair in pair(ours, theirs).pairs}
    assert told["c/kernel",] == "transposed (4, 3, 5, 5) -> (5, 5, 3, 4)"
    assert told["n/gamma",] == "as it is"
    assert told["d/kernel",] == "transposed (4, 4) -> (4, 4)"
    same = {pair.port: pair.how for pair in pair(ours, ours).pairs}
    assert set(same.values()) == {"as it is"}


@pytest.mark.parametrize("seed", range(5))
def test_a_model_is_paired_with_itself_whatever_its_layers_are_called(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for i in range(12):
        inputs, outputs = (int(n) for n in rng.choice([4, 8], 2))
        make = [torch_dense, lambda *a: torch_conv(*a, 3)][rng.integers(2)]
        rows += [make(f"part{i}", inputs, outputs)]
        rows += [torch_norm(f"norm{i}", outputs)] if rng.integers(2) else []
    renamed = [(f"layer_{n}", kind, shapes) for n, (_, kind, shapes) in enumerate(rows)]
    ours, theirs = make_record("torch", rows), make_record("torch", renamed)
    pairing = pair(ours, theirs)
    wanted = tuple((row[0], new[0]) for row, new in zip(rows, renamed, strict=True))
    assert pairing.layer_pairs == wanted
    carried = carry_all(pairing, ours, theirs)
    assert set(carried) == {t.name for t in theirs[0].tensors if "num_batches" not in t.name}


def test_a_layer_with_more_tensors_than_its_kind_goes_by_shape() -> None:
    lora = {"lora_a": (4, 2), "lora_b": (2, 6)}
    name, kind, shapes = keras_dense("dense", 4, 6)
    ours = make_record("keras", [(name, kind, shapes | lora)])
    theirs = make_record("keras", [("mine", "MyLora", shapes | lora)])
    carried = carry_all(pair(ours, theirs), ours, theirs)
    assert set(carried) == set(theirs[1])
    assert np.array_equal(carried["mine/lora_b"], ours[1]["dense/lora_b"])


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


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_a_convolution_of_patches_is_a_dense_layer(order):
    ours = make_record("torch", [torch_conv("stem", 3, 8, 2)])
    theirs = make_record("keras", [keras_dense("embed", 12, 8)])
    weight = np.transpose(ours[1]["stem.weight"], (2, 3, 1, 0))  # rows, columns, in, out
    want = np.transpose(weight, (*order, 3)).reshape(12, 8)
    first = pair(ours, theirs)
    ways = [first, *(use_alternative(first, one) for one in first.alternatives)]
    found = [carry_all(way, ours, theirs)["embed/kernel"] for way in ways]
    assert any(np.array_equal(one, want) for one in found)
    dense = theirs[1]["embed/kernel"].reshape([(2, 2, 3)[axis] for axis in order] + [8])
    want = np.transpose(dense, (*np.argsort(order), 3))
    first = pair(theirs, ours)
    ways = [first, *(use_alternative(first, one) for one in first.alternatives)]
    found = [carry_all(way, theirs, ours)["stem.weight"] for way in ways]
    assert any(np.array_equal(np.transpose(one, (2, 3, 1, 0)), want) for one in found)


def test_a_norm_is_the_one_behind_the_same_convolution():
    ours = make_record(
        "torch",
        [
            torch_conv("down.0", 4, 8, 1),
            torch_norm("down.1", 8),
            torch_conv("first", 4, 8, 3),
            torch_norm("bn", 8),
        ],
    )
    theirs = make_record(
        "keras",
        [
            keras_conv("c1", 4, 8, 3),
            keras_norm("n1", 8),
            keras_conv("project", 4, 8, 1),
            keras_norm("project_norm", 8),
        ],
    )
    feeders = {"down.1": "down.0", "bn": "first"}, {"n1": "c1", "project_norm": "project"}
    pairs = dict(pair(ours, theirs, feeders=feeders).layer_pairs)
    assert pairs["down.1"] == "project_norm"
    assert pairs["bn"] == "n1"


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


def test_a_table_is_not_turned_because_a_kernel_is() -> None:
    ours = make_record("torch", bare(w_in=(6, 4), pos_embed=(6, 6)))
    theirs = make_record("torch", bare(w_in=(4, 6), pos_embed=(6, 6)))
    carried = carry_all(pair(ours, theirs), ours, theirs)
    assert np.array_equal(carried["net.w_in"], ours[1]["net.w_in"].T)
    assert np.array_equal(carried["net.pos_embed"], ours[1]["net.pos_embed"])


def test_convolutions_with_partners_are_no_parts_of_another() -> None:
    rows = [keras_conv("a", 3, 4, 3), keras_conv("b", 3, 4, 3)]
    ours = make_record("keras", [*rows, keras_conv("wide", 3, 8, 3)])
    theirs = make_record("torch", [torch_conv(n, 3, 4, 3, True) for n in ("x", "y")])
    assert dict(pair(ours, theirs).layer_pairs) == {"a": "x", "b": "y"}
