"""In which digits, and where, models are compared: dtypes, casts, devices."""

import pytest
import torch
from model_files import FORWARD, KERAS, TORCH, run


@pytest.mark.parametrize(
    ("new", "name"),
    [
        pytest.param(
            *("torch.relu(self.norm(self.conv(x).half().float()))", "float16 at norm (port.py:"),
            marks=pytest.mark.sweep,
            id="cast",
        ),
        pytest.param("self.low(x)", "bfloat16 at conv (port.py:", id="autocast"),
    ],
)
def test_fewer_digits_are_named(tmp_path, new, name):
    low = """    def low(self, x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return torch.relu(self.norm(self.conv(x))).float()

    def forward("""
    port = TORCH.replace(FORWARD, new).replace("    def forward(", low)
    result = run(tmp_path, port, ("float32",))
    causes = [v.cause for v in result.verdicts if v.status == "unfaithful"]
    assert causes
    assert all((cause or {}).get("id") == "precision" for cause in causes)
    assert name in causes[0]["name"]


@pytest.mark.sweep
def test_float32_in_the_code_is_no_departure_in_float64(tmp_path):
    port = TORCH.replace(FORWARD, FORWARD.replace("(x)", "(x.float())"))
    result = run(tmp_path, port)
    assert (result.verdict, result.hindrance) == ("faithful", "")
    assert {v.dtype for v in result.verdicts} == {"float64", "float32"}
    assert any("float32 in the code is read as float64" in note for note in result.notes)


@pytest.mark.sweep
def test_a_model_that_runs_in_float32_alone_is_compared_in_it(tmp_path):
    port = TORCH.replace(FORWARD, FORWARD.replace("(x)", "(torch.FloatTensor(x.tolist()))"))
    result = run(tmp_path, port)
    assert result.hindrance == ""
    assert {v.dtype for v in result.verdicts} == {"float32"}
    assert any("in float64 it cannot run" in note for note in result.notes)


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("port", "device", "told"),
    [
        (TORCH, "nowhere", "torch has no device nowhere here"),
        pytest.param(
            *(KERAS, "cuda", "--device is for torch: a port of keras runs where it likes"),
            marks=pytest.mark.sweep,
        ),
    ],
    ids=["torch", "keras"],
)
def test_a_device_that_is_not_there_is_said(tmp_path, port, device, told):
    assert told in run(tmp_path, port, ("float32",), device=device).hindrance


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_right_port_on_a_gpu_is_faithful(tmp_path):
    result = run(tmp_path, TORCH, device="cuda")
    assert (result.verdict, result.hindrance) == ("faithful", "")
    assert any("TF32" in note for note in result.notes)


@pytest.mark.sweep
def test_a_layer_of_its_own_dtype_is_compared_in_that_alone(tmp_path):
    result = run(tmp_path, KERAS.replace("layers.Dense(5)", 'layers.Dense(5, dtype="float32")'))
    assert (result.verdict, result.hindrance) == ("faithful", "")
    assert {v.dtype for v in result.verdicts} == {"float32"}
    assert any("dense has a dtype of its own, float32" in note for note in result.notes)
