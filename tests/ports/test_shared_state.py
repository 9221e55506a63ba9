"""What torch.compile does to the process is no finding about the port that asks for it."""

import os
import shutil
import subprocess
import sys

import pytest
from paths import ROOT

FRAME = """
import os, sys, torch
from trueport.compare.ports.user_code.shared_state import SharedState, read_names
state = SharedState(read_names())
with state.in_force("f"):
    {code}
print(state.told)
"""
REPLACES = "['f replaces torch.{name} for its whole process: put back each time']\n"
IMITATED = """import torch._dynamo, torch._inductor
    sys.setrecursionlimit(2000)
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.environ["_TORCHINDUCTOR_X"] = "/tmp"
    os.environ["TRITON_CACHE_DIR"] = "/tmp\""""

needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="torch compiles by g++")


def tell(code: str) -> str:
    """What is told of a call, in a process with torch."""
    done = subprocess.run(
        [sys.executable, "-c", FRAME.format(code=code)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "code",
    [
        IMITATED,
        pytest.param(
            "torch.compile(lambda x: torch.tanh(x) * 2)(torch.ones(3))",
            marks=[pytest.mark.sweep, needs_compiler],
        ),
    ],
    ids=["what it does", "itself"],
)
def test_what_torch_compile_changes_is_not_told(code: str) -> None:
    assert tell(code) == "[]\n"


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("torch.exp = torch.sin", REPLACES.format(name="exp")),
        ("torch.manual_seed = torch.seed", REPLACES.format(name="manual_seed")),
        (
            "torch.set_default_dtype(torch.float64)",
            '["f changes torch\'s default dtype for its whole process: put back each time"]\n',
        ),
        (
            "import functools; torch.exp = functools.wraps(torch.exp)(lambda x: x)",
            REPLACES.format(name="exp"),
        ),
        (
            "import torch._inductor; sys.setrecursionlimit(50)",
            "['f changes the recursion limit for its whole process: put back each time']\n",
        ),
        (
            "sys.setrecursionlimit(2000)",
            "['f changes the recursion limit for its whole process: put back each time']\n",
        ),
    ],
)
def test_what_a_port_changes_itself_is_told(code: str, told: str) -> None:
    assert tell(code) == told
