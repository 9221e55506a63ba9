"""`assert_parity`: passes what is right in any framework, and says in 15 lines what is not."""

import numpy as np
import pytest
import torch

from trueport import assert_parity

X = np.random.default_rng(0).normal(size=(4, 8))


def layer_norm(x, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


def outside_the_root(x, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    return (x - mean) / (x.std(axis=-1, keepdims=True) + eps)


def torch_layer_norm(x, eps=1e-5):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], eps=eps)


def detached(x, eps=1e-5):
    var = x.var(-1, keepdim=True, unbiased=False).detach()
    return (x - x.mean(-1, keepdim=True)) / torch.sqrt(var + eps)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_port_passes(dtype: str) -> None:
    assert_parity(torch_layer_norm, layer_norm, X.astype(dtype))
    assert_parity(torch_layer_norm, layer_norm, torch.tensor(X.astype(dtype)), eps=1e-3)
    assert_parity(layer_norm, layer_norm, X.astype(dtype))


def fail(port: object, *inputs: object) -> str:
    with pytest.raises(AssertionError) as error:
        assert_parity(port, layer_norm, *inputs, err_msg="epoch 3")
    return str(error.value)


def test_a_wrong_port_is_told_by_the_edit() -> None:
    told = fail(outside_the_root, X)
    assert told.startswith("epoch 3\n")
    assert len(told.splitlines()) <= 16
    assert "+    return (x - mean) / (np.sqrt(var) + eps)" in told


def test_what_was_held_constant_is_told() -> None:
    told = fail(detached, X)
    assert "gradient of x" in told
    assert "constant(((x - mean) ** 2).mean(axis=-1, keepdims=True))" in told


def test_nothing_is_said_of_a_reference_that_draws() -> None:
    def noisy(x):
        return x + np.random.default_rng().normal()

    with pytest.raises(ValueError, match="draws random numbers"):
        assert_parity(noisy, noisy, X)


def test_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(TypeError, match="cannot be called with"):
        assert_parity(lambda: None, layer_norm, X)
