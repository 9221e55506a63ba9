import pytest

HELPER = "torch_side_checks"


def test_layers_and_functions_between_them_are_steps(ask_framework):
    [flatten, first, relu, second] = ask_framework("torch", f"{HELPER}.show_steps", "perceptron")
    file = "torch_models.py"
    assert flatten == ["/flatten#0", "", "flatten", file, {"1": "1"}, [[5, 3, 4]], [[5, 12]]]
    assert first == ["fc1#0", "fc1", "", file, {}, [[5, 12]], [[5, 16]]]
    assert relu[:3] == ["/relu#0", "", "relu"]
    assert second[0] == "fc2#0"


def test_each_call_of_a_shared_layer_is_a_step(ask_framework):
    keys = ask_framework("torch", f"{HELPER}.list_keys", "shared")
    assert keys == ["fc#0", "/tanh#0", "fc#1", "/matmul#0"]


def test_a_sum_in_place_is_an_addition(ask_framework):
    keys = ask_framework("torch", f"{HELPER}.list_keys", "residual")
    start = keys.index("blocks.0.conv1#0")
    assert keys[start : start + 7] == [
        f"blocks.0{step}"
        for step in (".conv1#0", ".bn1#0", ".relu#0", ".conv2#0", ".bn2#0", "/add#0", ".relu#1")
    ]


def test_attention_is_one_step_if_it_is_asked_for(ask_framework):
    inside = ask_framework("torch", f"{HELPER}.list_keys", "attending")
    assert "layers.0.self_attn/multi_head_attention_forward#0" in inside
    leaf = ask_framework("torch", f"{HELPER}.list_keys", "attending", "layers.0.self_attn")
    assert leaf[0] == "layers.0.self_attn#0"
    whole = ask_framework("torch", f"{HELPER}.list_keys", "attending", "layers.0", "layers.1")
    assert whole == ["layers.0#0", "layers.1#0", "norm#0"]


@pytest.mark.parametrize("name", ["perceptron", "residual", "recurrent", "attending", "shared"])
def test_a_forced_run_goes_on_from_what_it_is_given(ask_framework, name):
    ask_framework("torch", f"{HELPER}.check_forcing", name)
