"""float32 in a model's code, where the comparison is in float64."""

import pytest

TORCH = ["float", "to", "arange", "softmax", "type", "module"]


@pytest.mark.parametrize("name", TORCH)
def test_torch_gives_float64_where_the_code_says_float32(ask_framework, name):
    told = ask_framework("torch", "wide_floats_torch.show_dtypes", name)
    assert told == {"float64": "float64", "float32": "float32"}


def test_the_derivative_of_hardsigmoid_is_exact_in_torch(ask_framework):
    assert ask_framework("torch", "wide_floats_torch.derive_hardsigmoid") == 1 / 6
    assert ask_framework("torch", "wide_floats_torch.fill_hardsigmoid") == 0.5


def test_keras_gives_float64_where_the_code_says_float32(ask_framework):
    told = ask_framework("keras", "wide_floats_keras.show_dtypes", "float64")
    assert set(told.values()) == {"float64"}, told


def test_keras_gives_what_it_gives_elsewhere(ask_framework):
    told = ask_framework("keras", "wide_floats_keras.show_dtypes", "float32")
    assert set(told.values()) == {"float32"}, told


def test_keras_itself_is_left_alone(ask_framework):
    assert ask_framework("keras", "wide_floats_keras.ask_from_keras") == "float32"
