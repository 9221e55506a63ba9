"""What a port's own framework derives, for each output by itself."""

import importlib.util

import numpy as np
import pytest

from trueport.compare.functions.port_gradients import differentiate_port

X = np.array([[1.0, -2.0], [0.5, 3.0]])


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is an optional extra")
def test_jax_derives_each_output_compiled_or_not() -> None:
    import jax

    jax.config.update("jax_enable_x64", True)

    @jax.jit
    def function(given):
        return jax.numpy.sin(given["x"]), given["x"] ** 2 * given["k"]

    arguments = {"x": jax.numpy.array(X), "k": 3.0}
    outputs = {"result[0]": np.sin(X), "result[1]": 3 * X**2}
    notes: list[str] = []
    found = differentiate_port("jax", function, arguments, outputs, 0, notes)
    assert notes == []
    cotangents = {name: np.asarray(one) for name, one in found.items()}
    assert set(cotangents) == {"gradient of x in result[0]", "gradient of x in result[1]"}
    share = cotangents["gradient of x in result[1]"] / (6 * X)
    assert np.all((np.abs(share) >= 0.5) & (np.abs(share) <= 1.5))


def test_a_framework_without_derivatives_has_none() -> None:
    assert differentiate_port("numpy", lambda given: given, {"x": X}, {"result": X}, 0, []) == {}
