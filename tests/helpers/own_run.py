"""A run of ports against a reference of a user's own, made up: no process, the same every time."""

from typing import Any

from trueport.compare.judging.results import PortRun, Run
from trueport.compare.judging.verdict import Verdict, WorstElement

DTYPES = ("float64", "float32")
HELD = {"network": "off by the system", "folder": "what is written there is thrown away"}
DIFF = """--- norms.py
+++ norms.py
@@ -7 +7 @@
-    return (x - mean) / np.sqrt(var + eps)
+    return (x - mean) / (np.sqrt(var) + eps)"""
OTHER = DIFF.replace("np.sqrt(var) + eps", "x.std() + eps")
CODE = "def {name}(x):\n    '''Of {port}.'''\n    return x < 1"
CAUSE: dict[str, Any] = {
    "id": "edit",
    "kind": "fault",
    "name": "eps moved outside",
    "does": "The reference gives what the port gave with this change of layer_norm.",
    "fix": "",
    "budget_used": 0.25,
    "also": [OTHER],
    "apart": {OTHER: "layer_norm(x of (4, 1))"},
    "values": {"the constant": {"value": 0.125, "error": 1e-9}},
    "diff": DIFF,
}


def make_own_run() -> Run:
    """Of each status that there may be one, and a port that could not be opened."""
    run = Run(
        {"against": "norms.py", "ports": {"mine": "mine.py", "gone": "gone.py"}, "map": {}},
        {},
        {"python": "3.11.7", "packages": {"numpy": "2.4.6"}},
        created="2026-01-01T00:00:00+00:00",
    )
    run.ports = [
        PortRun("mine", "torch", dtype, "ok", "torch 2.9.1", "", "unfaithful", 1.5, isolation=HELD)
        for dtype in DTYPES
    ]
    run.ports += [
        PortRun("gone", "numpy", dtype, "error", "", "gone.py: SyntaxError") for dtype in DTYPES
    ]
    worst = WorstElement("small", "result", [3, 2], -0.78, -0.69, 3e-15)
    for dtype in DTYPES:
        given: dict[str, dict[str, Any]] = {
            "layer_norm": {
                "status": "unfaithful", "budget_used": 2.9e13, "worst": worst, "elements": 32,
                "elements_over": 30, "cause": CAUSE, "right": ["gradient of gain"],
            },
            "block": {"status": "follows", "follows": "layer_norm", "budget_used": 7.0},
            "gelu": {"status": "unfaithful", "budget_used": 9.0, "known": ["twice as large"]},
            "softmax": {"status": "faithful", "budget_used": 0.3, "undecided": 2,
                        "message": "2 of 9 elements cannot be decided"},
            "argmax": {"status": "faithful", "no_power": True, "undecided": 4,
                       "message": "4 of 4 elements cannot be decided"},
            "dropout": {"status": "not-comparable", "message": "the reference draws"},
            "absent": {"status": "missing", "message": "not offered by the port"},
        }  # fmt: skip
        run.verdicts += [
            Verdict("mine", name, "norms.py", dtype, **facts) for name, facts in given.items()
        ]
    names = [*dict.fromkeys(v.component for v in run.verdicts), "unasked"]
    run.against = {
        "reference": "norms.py",
        "functions": [describe_function(name) for name in names],
        "notes": ["--map a=b: the reference has no function b"],
        "checks": [describe_check("mine"), describe_check("gone", "gone.py: SyntaxError")],
    }
    return run


def describe_function(name: str) -> dict[str, Any]:
    """A function as the results have it, with the sources of both sides."""
    sources = [
        {"port": port, "file": file, "line": 3, "code": CODE.format(name=name, port=port)}
        for port, file in (("reference", "norms.py"), ("mine", "mine.py"))
    ]
    note = "no inputs" if name == "unasked" else ""
    return {"name": name, "file": "norms.py", "note": note, "sources": sources}


def describe_check(port: str, hindrance: str = "") -> dict[str, Any]:
    """What a check says beside its verdicts."""
    edit = {"id": "edit", "form": "", "name": "axis 0", "component": "softmax", "case": "(4, 5)"}
    return {
        "port": port,
        "file": "norms.py",
        "target": f"{port}.py",
        "reference": "norms.py",
        "framework": "numpy" if hindrance else "torch",
        "hindrance": hindrance,
        "notes": [] if hindrance else ["gradients of gelu <not> compared"],
        "not_looked_at": [] if hindrance else [{"name": "layernorm", "meant": "layer_norm"}],
        "blind_to": [] if hindrance else [edit],
    }
