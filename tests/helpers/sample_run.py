"""Runs made up for the tests of the report: no framework, no training, the same every time."""

from pathlib import Path

import numpy as np

from trueport import reference
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.digits import load_data
from trueport.compare.chapter.pictures import build_pictures
from trueport.compare.chapter.rosetta import ROSETTA_ENTRIES, build_rosetta
from trueport.compare.chapter.run_conventions import run_conventions
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult, Observation, PortJob
from trueport.compare.judging.expected import expected_outputs
from trueport.compare.judging.results import PortRun, Run, Trace
from trueport.compare.judging.verdict import Verdict, WorstElement
from trueport.compare.ports.frameworks import FRAMEWORKS

# A port's checks, as the harness names them: component and gate.
COMPONENTS = {
    "load_mnist": "data",
    "sigmoid": "activations",
    "softmax": "activations",
    "sum_squares_error": "losses",
    "cross_entropy_error": "losses",
    "SimpleNet.loss": "forward",
    "TwoLayerNet.loss": "forward",
    "numerical_gradient": "gradients",
    "TwoLayerNet.gradient": "gradients",
    "one update": "one update",
    "two updates": "two updates",
    "training": "N steps",
}
DTYPES = ("float64", "float32")
HOSTILE = "<script>alert(1)</script>"


def clean(ports=("numpy", "torch", "keras"), steps=10_000, dtypes=DTYPES, complete=True) -> Run:
    """Every check passes."""
    run = bare(steps, complete)
    run.settings["dtypes"] = list(dtypes)
    rng = np.random.default_rng(7)
    for port in ports:
        for dtype in dtypes:
            run.ports.append(
                PortRun(port, port, dtype, "ok", "2.9.1", "", "faithful", 41.5, 12.25, 812.0)
            )
            run.verdicts += [
                Verdict(
                    port,
                    name,
                    gate,
                    dtype,
                    "faithful",
                    float(rng.uniform(0, 0.8)),
                    elements=4000,
                    least_rtol=3e-16,
                )
                for name, gate in COMPONENTS.items()
            ]
    run.traces = [truth(steps, complete)]
    for index, port in enumerate(ports):
        run.traces += [drifted(run.traces[0], port, dtype, index) for dtype in dtypes]
    return run


def bare(steps=10_000, complete=True) -> Run:
    """A run that holds nothing yet."""
    note = "" if complete else "Embedded 5,000 digits: MNIST was not at hand, no network was asked."
    return Run(
        {
            "steps": steps,
            "batch_size": 100,
            "learning_rate": 0.1,
            "hidden_size": 50,
            "seed": 20240,
            "dtypes": list(DTYPES),
            "command": "python -m compare run --steps 10000",
        },
        {
            "source": "ossci-datasets.s3.amazonaws.com" if complete else "embedded",
            "train_size": 60_000 if complete else 4_000,
            "test_size": 10_000 if complete else 1_000,
            "md5": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "complete": complete,
            "note": note,
        },
        {
            "python": "3.11.7",
            "platform": "Linux-6.1-x86_64",
            "cpu": "a CPU",
            "cores": 2,
            "packages": {"numpy": "2.3.1", "torch": "2.9.1", "keras": "3.12.0"},
        },
        created="2025-11-22T06:00:00Z",
    )


def truth(steps: int, complete: bool = True) -> Trace:
    rng = np.random.default_rng(1)
    at = np.arange(steps)
    loss = 0.15 + 2.15 * np.exp(-at / 350) + 0.3 * np.exp(-at / 4000)
    loss *= np.exp(0.25 * rng.standard_normal(steps) * (1 - np.exp(-at / 300)))
    evaluated = np.arange(1, steps + 1, 600 if complete else 40)
    train = 0.95 - 0.85 * np.exp(-evaluated / 450)
    checkpoints = np.array([0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000])
    checkpoints = checkpoints[checkpoints <= steps]
    none = np.zeros(len(checkpoints))
    return Trace("truth", "float64", loss, evaluated, train, train - 0.002, checkpoints, none)


def drifted(true: Trace, port: str, dtype: str, seed: int) -> Trace:
    """The truth and some rounding on top, growing with the steps; seed 0 begins exactly equal."""
    rng = np.random.default_rng([seed, len(dtype), DTYPES.index(dtype)])
    unit = 2.0**-53 if dtype == "float64" else 2.0**-24
    growth = 1 + np.arange(len(true.loss)) / 20
    error = unit * growth * rng.standard_normal(len(true.loss)) * 0.2
    if seed == 0:
        error[:3000] = 0.0
    distance = unit * (1 + true.checkpoint_steps) ** 0.8 * (0.2 + 0.1 * seed)
    distance[true.checkpoint_steps == 0] = 0.0
    return Trace(
        port, dtype, true.loss + error, true.accuracy_steps, true.train_acc,
        true.test_acc + 1e-4 * seed, true.checkpoint_steps, distance,
        unit * growth * 4, 8 * unit * (1 + true.checkpoint_steps) ** 0.85,
    )  # fmt: skip


def faulty() -> Run:  # noqa: C901  # a branch for each kind of verdict
    """torch has a fault in its loss, keras follows a convention, numpy lacks a function."""
    run = clean(complete=False)
    after = False
    for verdict in run.verdicts:
        if verdict.component == "load_mnist":
            after = False
        if verdict.port == "torch" and verdict.component == "cross_entropy_error":
            after = True
            verdict.status, verdict.budget_used, verdict.elements_over = "unfaithful", 31234.0, 1800
            verdict.worst = WorstElement(
                "labels, N = 5", "value", [3, 1], 2.31, 2.302584092994046, 1e-15
            )
            verdict.message = "The mean is over elements, not over rows."
            verdict.cause = {
                "id": "F09",
                "name": "mean over elements",
                "does": "Divides by N K.",
                "fix": {"numpy": "/ batch_size", "torch": "reduction='batchmean'"},
                "size": 0.1,
                "residual": 3e-16,
                "budget_used": 0.2,
                "sources": ["https://example.org/issues/1", "javascript:alert(1)"],
                "also": ["F10"],
                "apart": {"F10": "a batch of one", "F11": None},
                "with": {"id": "F27", "name": "no epsilon", "fix": {"torch": "+ 1e-7"}},
                "a field of its own": [1, 2],
            }
            give_evidence(run, verdict)
        elif verdict.port == "torch" and after:
            verdict.status, verdict.budget_used = "follows", 512.0
            verdict.follows = "cross_entropy_error"
        elif verdict.port == "keras" and verdict.component == "TwoLayerNet.loss":
            verdict.status, verdict.budget_used = "convention", 4.2e5
            verdict.message = "Equals the loss on logits, which has no epsilon."
        elif verdict.port == "numpy" and verdict.component == "softmax":
            verdict.status, verdict.budget_used, verdict.elements = "missing", None, 0
            verdict.least_rtol = None
        elif verdict.component == "numerical_gradient" and verdict.dtype == "float32":
            verdict.no_power = True
        elif verdict.port == "keras" and verdict.component == "two updates":
            verdict.status, verdict.budget_used = "timeout", None
            verdict.message = "No answer within 60 s."
    for port in run.ports:
        port.verdict = {"torch": "unfaithful", "keras": "convention"}.get(port.port, "faithful")
    for trace in run.traces:
        if trace.port == "torch":
            trace.loss = trace.loss * (1 + np.arange(len(trace.loss)) / 2000)
            if trace.dtype == "float32":
                trace.loss[8000:] = np.nan
            trace.param_distance = trace.param_distance * 1e6
    return run


def give_evidence(run: Run, verdict: Verdict, case: str = "labels, N = 5") -> None:
    """What `judging.evidence` keeps, for a tensor of shape (5, 4) with two wrong elements."""
    name = f"evidence/{len(run.details)}"
    verdict.evidence = {
        "cases": [
            {"case": case, "status": "ok", "used": 31234.0, "elements": 20, "over": 2},
            {"case": "right", "status": "ok", "used": 0.3, "elements": 20, "over": 0},
            {"case": "raised", "status": "error", "used": None, "elements": 0, "over": 0},
        ],
        "inputs": {"y": "[0.1, 0.9]", "t": "array of shape (5, 4), from 0 to 1"},
        "output": "value",
        "shape": [5, 4],
        "arrays": name,
    }
    used = np.zeros((5, 4))
    used[3, 1], used[2, 2], used[0, 0] = 31234.0, np.inf, 0.5
    run.details |= {
        f"{name}/used": used,
        f"{name}/difference": used * 1e-15,
        f"{name}/flat": np.arange(20).reshape(5, 4),
        f"{name}/histogram": np.array([17, 1, 0, 0, 0, 1, 1]),
    }


def whole(found: Run) -> Run:
    """A run with the Rosetta page and the pictures, of the reference alone on embedded digits."""
    cases = [c for c in generate_cases() if any(c.id in e.examples for e in ROSETTA_ENTRIES)]
    truths = [expected_outputs(CHAPTER, case, "float64") for case in cases]
    outputs = [{key: truth.want for key, truth in found.items()} for found in truths]
    seen = Observation(
        PortJob(
            "reference float64",
            CHAPTER.ports["reference"],
            "float64",
            Path(),
            suite=CHAPTER.location,
        ),
        versions={"numpy": np.__version__},
        cases={n: CaseResult("ok", outputs=found) for n, found in enumerate(outputs)},
        conventions=run_conventions(FRAMEWORKS["numpy"], "float64"),
    )
    net = reference.TwoLayerNet(784, 10, 10, seed=0)
    seen.training = {"checkpoint_steps": np.array([1])} | {
        f"1/{key}": value for key, value in net.params.items()
    }
    found.rosetta = build_rosetta(
        [CHAPTER.ports["reference"]],
        ["float64"],
        cases,
        {"float64": truths},
        {"reference float64": seen},
    )
    found.chapter, pictures = build_pictures(
        load_data("embedded"), seen.training, {"reference float64": seen}
    )
    found.details |= pictures
    return found


def convention() -> Run:
    run = clean()
    run.verdicts[5].status = run.ports[0].verdict = "convention"
    run.verdicts[5].cause = {"id": "F26", "name": "fused, without an epsilon"}
    return run


def interrupted() -> Run:
    """Ended by its user while the second port trained."""
    run = clean(("torch", "keras"))
    run.interrupted = True
    run.ports[-1].status = "interrupted"
    run.verdicts = [v for v in run.verdicts if (v.port, v.dtype) != ("keras", "float32")]
    last = run.traces.pop()
    run.traces.append(
        Trace(
            "keras",
            "float32",
            last.loss[:3100],
            last.accuracy_steps[:6],
            last.train_acc[:6],
            last.test_acc[:6],
            last.checkpoint_steps[:11],
            last.param_distance[:11],
            last.loss_envelope,
            last.param_envelope[:11],
        )
    )
    return run


def failed() -> Run:
    """No port got anywhere."""
    run = bare()
    for dtype in DTYPES:
        run.ports += [
            PortRun("torch", "torch", dtype, "error", "2.9.1", "ImportError: libtorch.so"),
            PortRun("keras", "keras", dtype, "not installed"),
        ]
    run.verdicts = [
        Verdict("torch", name, gate, dtype, "error", message="NameError: name 'softmaks'")
        for dtype in DTYPES
        for name, gate in COMPONENTS.items()
    ]
    return run


def ten_ports() -> Run:
    run = clean(tuple(f"student-{i:02d}" for i in range(10)))
    for verdict in run.verdicts:
        if verdict.port in ("student-02", "student-05", "student-06", "student-08"):
            verdict.status, verdict.budget_used, verdict.elements_over = "unfaithful", 77.0, 12
    judge_ports(run)
    return run


def judge_ports(run: Run) -> None:
    """Give each port the verdict that its checks deserve."""
    bad = {(v.port, v.dtype) for v in run.verdicts if v.status == "unfaithful"}
    for port in run.ports:
        port.verdict = "unfaithful" if (port.port, port.dtype) in bad else "faithful"


def hostile() -> Run:
    """Markup, quotes, pipes, mathematics and numbers that JSON lacks, wherever text may stand."""
    names = (HOSTILE, "a\"b'|`c`$x_1$", "</script><img src=x onerror=alert(2)>", "{{ 7 * 7 }}")
    run = clean(names, steps=300)
    worst = WorstElement(HOSTILE, "]]>", [0], float("nan"), float("-inf"), 0.0)
    for verdict in run.verdicts[::3]:
        verdict.status, verdict.budget_used, verdict.worst = "unfaithful", float("inf"), worst
        verdict.message = f"line 1 | {HOSTILE}\n<b>line 2</b> [x](javascript:alert(3)) \x00"
        verdict.cause = {HOSTILE: {"&amp;": [float("nan"), "</script>"]}}
        verdict.cause |= {"fix": {HOSTILE: HOSTILE}, "sources": [HOSTILE, 'https://x/"onclick=1']}
        give_evidence(run, verdict, HOSTILE)
    judge_ports(run)
    run.data["note"] = run.data["source"] = f"{HOSTILE} | *not bold*"
    run.data["complete"] = False
    run.settings["command"] = "python -m compare 'a|b' </script>"
    run.environment["packages"]["<i>evil</i>"] = "<!--"
    for trace in run.traces[1:]:
        trace.loss[100] = np.nan
        trace.loss[200] = np.inf
        trace.param_distance[3] = np.inf
        trace.test_acc[-1] = np.nan
    return run


EVERY = {
    "clean": clean,
    "one port": lambda: clean(("torch",), dtypes=("float64",)),
    "faulty": faulty,
    "convention": convention,
    "interrupted": interrupted,
    "failed": failed,
    "empty": bare,
    "ten ports": ten_ports,
    "hostile": hostile,
}
