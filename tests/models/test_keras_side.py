"""A Keras model in its own process: what it says of itself, and its runs."""

from typing import Any

import pytest

DIFFERENCES = 1e-7  # of central differences of step 1e-6 in float64, of numbers near 1


def test_layers_and_tensors_have_names_that_no_counter_of_keras_is_in(ask_framework: Any) -> None:
    record = ask_framework("keras", "keras_models.describe", "net")
    assert record["type"] == "Net"
    assert record["layers"] == {
        "": "Net",
        "fc": "keras.layers.Dense",
        "blocks.0": "keras.layers.Dense",
        "blocks.1": "keras.layers.Dense",
        "head": "keras.layers.Dense",
    }
    assert record["tensors"]["scale"] == ["", "scale", True]
    assert record["tensors"]["blocks.0/kernel"] == ["blocks.0", "kernel", True]
    assert record["outputs"] == ["output.logits", "output.hidden"]


def test_calls_of_layers_and_functions_between_them_are_steps(ask_framework: Any) -> None:
    record = ask_framework("keras", "keras_models.describe", "net")
    places = record["steps"]
    assert list(places) == [
        *("reshape#0", "fc#0", "fc#1", "mul#0", "blocks.0#0", "tanh#0", "relu#0", "add#0"),
        *("blocks.1#0", "relu#1", "add#1", "permute#0", "permute#1", "cat#0", "head#0"),
    ]
    assert places["fc#1"][:2] == ["fc", ""]
    assert places["cat#0"][:2] == ["", "cat"]
    assert all(where.startswith("keras_models.py:") for _, _, where in places.values())
    assert record["shapes"]["reshape#0"] == [[3, 2, 3]]


def test_operations_between_the_layers_of_a_functional_model_are_steps(ask_framework: Any) -> None:
    record = ask_framework("keras", "keras_models.describe", "cnn")
    assert record["type"] == "keras.Model"
    assert record["channels_last"] is True
    assert record["inputs"][0]["shape"] == [None, 8, 8, 3]
    assert list(record["steps"]) == [
        *("conv#0", "bn#0", "re_lu#0", "conv2#0", "sum#0", "add#0", "max_pooling2d#0"),
        *("global_average_pooling2d#0", "dropout#0", "head#0"),
    ]
    assert record["tensors"]["bn/moving_mean"] == ["bn", "moving_mean", False]


def test_a_recurrent_layer_is_one_step_and_owns_its_cell(ask_framework: Any) -> None:
    record = ask_framework("keras", "keras_models.describe", "lstm")
    assert list(record["steps"]) == ["bidirectional#0", "gru#0", "dense#0"]
    assert "bidirectional/forward_layer/recurrent_kernel" in record["tensors"]
    assert "gru/kernel" in record["tensors"]


def test_constants_that_are_made_exact_are_told(ask_framework: Any) -> None:
    (told,) = ask_framework("keras", "keras_models.describe", "attention")["notes"]
    assert "a number that is cast and the slope of a leaky ReLU in float32" in told


def test_a_variable_of_two_layers_is_told(ask_framework: Any) -> None:
    tied = ask_framework("keras", "keras_models.describe_tied")
    assert sorted(tied.values()) == ["", "words/embeddings"]


def test_inputs_that_the_model_refuses_are_told_with_what_it_wants(ask_framework: Any) -> None:
    error = ask_framework("keras", "keras_models.refuse")
    assert error.startswith("the model cannot be run on (2, 7) float64; it wants ")
    assert "(None, 6) float64: ValueError" in error


@pytest.mark.parametrize(
    ("model", "key"), [("net", "fc#1"), ("net", "permute#0"), ("cnn", "add#0"), ("cnn", "bn#0")]
)
def test_other_arrays_take_the_place_of_a_steps(ask_framework: Any, model: str, key: str) -> None:
    found = ask_framework("keras", "keras_models.force_one", model, key)
    assert all(found.values()), found


@pytest.mark.parametrize("model", ["mlp", "net"])
def test_derivatives_are_those_of_the_weighted_sum(ask_framework: Any, model: str) -> None:
    for key, values in ask_framework("keras", "keras_models.differentiate", model).items():
        tape, forced, differences = values
        assert tape == pytest.approx(differences, rel=DIFFERENCES, abs=DIFFERENCES), key
        assert tape == forced, key


def test_a_training_run_drops_nothing_and_leaves_the_model_as_it_was(ask_framework: Any) -> None:
    found = ask_framework("keras", "keras_models.train", "cnn")
    assert found["after"] == ["bn/moving_mean", "bn/moving_variance"]
    assert found["losses"][0] == found["losses"][1]
    assert found["losses"][0][1] < found["losses"][0][0]
    assert found["put back"]
    assert found["draws go on"]
    assert found["descends"]


def test_roundings_at_random_follow_the_seed(ask_framework: Any) -> None:
    found = ask_framework("keras", "keras_models.round_at_random", "cnn")
    assert found == {"same": True, "other": False, "exact": False, "plain again": True}


@pytest.mark.parametrize(
    ("model", "train"),
    [
        ("cnn", True),
        pytest.param("cnn", False, marks=pytest.mark.sweep),
        pytest.param("lstm", False, marks=pytest.mark.sweep),
        pytest.param("attention", False, marks=pytest.mark.sweep),
    ],
)
def test_a_right_model_in_float32_is_within_its_roundings(
    ask_framework: Any, model: str, train: bool
) -> None:
    shares = ask_framework("keras", "keras_models.measure_spreads", model, train)
    assert max(shares.values()) < 1, max(shares, key=shares.__getitem__)


def test_a_changed_layer_takes_the_place_of_the_old_one(ask_framework: Any) -> None:
    found = ask_framework("keras", "keras_models.change", "epsilon", 0.5)
    assert found["kind"] == "batch normalisation"
    assert found["keys"]
    assert found["error"] == pytest.approx(0, abs=DIFFERENCES)
    assert found["old"] > found["error"]
    assert found["gradients"]


def test_a_setting_that_a_layer_has_not_is_refused(ask_framework: Any) -> None:
    found = ask_framework("keras", "keras_models.change", "slope", 0.5)
    assert found == {"error": "layer 'bn' has no setting 'slope' that can be changed"}


def test_a_layer_that_is_given_the_same_again_is_not_computed_again(ask_framework: Any) -> None:
    assert ask_framework("keras", "keras_models.remember") == [1, 0, 1, 1, 1]
