import pytest

NAMES = ("perceptron", "residual", "recurrent", "attending", "shared")
HELPER = "torch_side_checks"


def test_a_torch_model_is_described(ask_framework):
    told = ask_framework("torch", f"{HELPER}.show_description", "recurrent")
    assert told["type"] == "Recurrent"
    assert told["inputs"] == ["ids"]
    assert told["channels_last"] is None
    assert ["lstm", "torch.nn.LSTM", ""] in told["layers"]
    assert ["head.weight", "head", "weight", "embed.weight", True] in told["tensors"]
    told = ask_framework("torch", f"{HELPER}.show_description", "residual")
    assert told["channels_last"] is False
    assert ["blocks.0.bn1", "torch.nn.BatchNorm2d", "blocks.0"] in told["layers"]
    mean = ["blocks.0.bn1.running_mean", "blocks.0.bn1", "running_mean", "", False]
    assert mean in told["tensors"]


def test_a_model_that_does_not_run_is_told_what_it_takes(ask_framework):
    said = ask_framework("torch", f"{HELPER}.tell_failure")
    assert said.startswith("Perceptron does not run on float64 of shape (2, 5)")
    assert "forward(x)" in said
    assert "fc1, Linear(in_features=12" in said
    assert "RuntimeError" in said


def test_lazy_layers_are_built_before_they_are_described(ask_framework):
    ask_framework("torch", f"{HELPER}.check_built_when_run")


def test_a_computed_weight_is_a_plain_tensor(ask_framework):
    ask_framework("torch", f"{HELPER}.check_computed_weights")


@pytest.mark.parametrize("name", NAMES)
def test_tensors_go_across(ask_framework, name):
    ask_framework("torch", f"{HELPER}.check_written", name)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_leaves_the_model_as_it_was(ask_framework, name):
    ask_framework("torch", f"{HELPER}.check_state_is_put_back", name)


def test_dropout_is_off_in_training_mode(ask_framework):
    ask_framework("torch", f"{HELPER}.check_dropout_is_off")


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_differences(ask_framework, name):
    ask_framework("torch", f"{HELPER}.check_gradients", name)


def test_a_layer_with_another_setting_takes_its_place_for_one_run(ask_framework):
    ask_framework("torch", f"{HELPER}.check_changed_layer")
