"""The table of pairs, on records that resemble models as people have them in both frameworks."""

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
from paired_records import carry_all, pair

from trueport.compare.models.pair_tensors import use_alternative

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
