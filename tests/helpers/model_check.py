"""A check of models, made up: no process, the same every time."""

import numpy as np

from trueport.compare.judging.check import CarriedTensor, Check
from trueport.compare.judging.model_details import (
    REFERENCE,
    GivenInput,
    LayerRow,
    LayerSide,
    ModelDetails,
    ModelFacts,
)
from trueport.compare.judging.results import Trace
from trueport.compare.judging.verdict import Verdict, WorstElement

CAUSE = {
    "id": "epsilon",
    "name": "norm: epsilon is 0.001, in the reference 1e-05",
    "does": "",
    "fix": {
        "keras": "BatchNormalization(..., epsilon=1e-05)",
        "torch": "BatchNorm2d(..., eps=1e-05)",
    },
    "budget_used": 0.1,
    "also": [],
    "settings": {"epsilon": [1e-05, 0.001]},
}


def make_facts(framework: str, shape: tuple[int, ...]) -> ModelFacts:
    given = (GivenInput("x", shape, "float32"),)
    return ModelFacts(f"{framework}.py", framework, "Net", "Net", {framework: "1.0"}, given, 16, 16)


def make_rows() -> list[LayerRow]:
    norm = LayerSide("block.norm", "BatchNorm2d", ((2, 8, 4, 6),), 16, 16)
    mine = LayerSide("norm", "BatchNormalization", ((2, 4, 6, 8),), 16, 16)
    return [
        LayerRow("holder", 0, LayerSide("block", "Block"), None),
        LayerRow("between", 1, LayerSide("flatten", "a.py:3"), None, ("input of norm",)),
        LayerRow("layer", 1, norm, mine, ("norm",)),
        LayerRow("layer", 1, None, LayerSide("relu", "ReLU", ((2, 4, 6, 8),))),
        LayerRow("between", 0, None, None, ("what is made of the last layer",)),
    ]


def make_model_check(wrong: bool = True) -> Check:
    """Return the check of a port whose normalisation is wrong, or right."""
    result = Check("keras.py", "keras", against="torch.py", models=True)
    result.details = ModelDetails(
        make_facts("torch", (2, 8, 4, 6)), make_facts("keras", (2, 4, 6, 8))
    )
    details = result.details
    details.layers, details.unpaired_port = make_rows(), ("extra/kernel",)
    result.carried = [CarriedTensor(("block.norm.weight",), ("norm/gamma",), "as it is")]
    details.learning_rate = 0.01
    nothing = np.empty(0)
    for dtype in ("float64", "float32"):
        bad = {
            "status": "unfaithful" if wrong else "faithful",
            "budget_used": 1e9 if wrong else 0.2,
            "worst": WorstElement("eval", "output", [0, 1], 1.5, 1.0, 1e-9) if wrong else None,
            "elements": 4,
            "cause": CAUSE if wrong else None,
            "evidence": {
                "cases": [], "output": "output", "shape": [2, 2], "arrays": dtype
            } if wrong else None,
        }  # fmt: skip
        details.arrays |= {
            f"{dtype}/used": np.full((2, 2), 1e9),
            f"{dtype}/difference": np.full((2, 2), 0.5),
            f"{dtype}/flat": np.arange(4).reshape(2, 2),
        }
        after = "follows" if wrong else "faithful"
        result.verdicts += [
            Verdict("keras.py", "input of norm", "layers", dtype, "faithful", 0.0),
            Verdict("keras.py", "norm", "layers", dtype, **bad),
            Verdict(
                "keras.py", "output", "model", dtype, after, 7.0 if wrong else 0.1,
                follows="norm" if wrong else None,
            ),
        ]  # fmt: skip
        loss = np.linspace(1.0, 0.1, 10)
        for name, values, allowed in (
            (REFERENCE, loss, None),
            ("keras.py", loss + 0.1 * wrong, np.full(10, 1e-9)),
        ):
            details.traces.append(
                Trace(name, dtype, values, nothing, nothing, nothing, nothing, nothing, allowed)
            )
    return result
