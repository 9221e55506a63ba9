"""The plot and the table of docs/envelope.md: a right port and four faulty ones, on real MNIST.

    python docs/envelope_plot.py --data mnist.npz --out /tmp/envelope

Runs the harness itself (`workflow.run`); the faulty ports are the reference with one line changed.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from trueport.compare.chapter.faults import PARAMETRIC_FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.judging.results import Run, Trace
from trueport.compare.suite.component import PortSpec
from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import write_mutant
from trueport.compare.training.curves import parse_step
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings

HERE = Path(__file__).parent
COARSE = Edit(
    "networks.py",
    "import numpy as np\n",
    '''import numpy


class Coarse:
    """NumPy, whose matrix products see 10 bits of each operand, as TF32 does."""

    def __getattr__(self, name):
        return getattr(numpy, name)

    def short(self, value):
        bits = numpy.ascontiguousarray(value, "float32").view("uint32").astype("uint64")
        return ((bits + 4096) >> 13 << 13).astype("uint32").view("float32")

    def dot(self, a, b):
        return numpy.dot(self.short(a), self.short(b))


np = Coarse()
''',
)


@dataclass(frozen=True)
class Faulty:
    """A port of the plot: its name there, its module, the change, and the colour of its line."""

    name: str
    module: str
    edits: tuple[Edit, ...]
    colour: str


def parameter(id: str, form: str, value: float) -> tuple[Edit, ...]:
    """Return the edits of a fault with a number at this value."""
    return next(p for p in PARAMETRIC_FAULTS if (p.id, p.form) == (id, form)).edits(value)


FAULTY = (
    Faulty("lr 0.1001", "plot_lr", parameter("F08", "learning rate", 1.001), "#0072b2"),
    Faulty("momentum 1e-3", "plot_momentum", parameter("F12", "momentum", 1e-3), "#e69f00"),
    Faulty("weight decay 1e-6", "plot_decay", parameter("F37", "weight decay", 1e-6), "#009e73"),
    Faulty("products in TF32", "plot_tf32", (COARSE,), "#d55e00"),
)
RIGHT = "#000000"


def compared(data: str, steps: int, out: Path) -> Run:
    """Return the run of torch and the faulty ports in float32."""
    with tempfile.TemporaryDirectory() as folder:
        for port in FAULTY:
            write_mutant("trueport.reference", port.edits, Path(folder), port.module)
        paths = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
        sys.path.insert(0, folder)
        for port in FAULTY:
            CHAPTER.ports[port.name] = PortSpec(port.name, port.module, "numpy", ("numpy",))
        names = ("torch", *(port.name for port in FAULTY))
        settings = RunSettings(out, data=data, ports=names, dtypes=("float32",), steps=steps)
        return run(settings, print)


def draw(result: Run, path: Path) -> None:
    """|dW|/|W| and |dL| of each port against the envelope, the first crossings marked."""
    mpl.rcParams["svg.hashsalt"] = "trueport"
    plt.style.use("default")
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 8), sharex=True)
    truth = next(t for t in result.traces if t.port == "truth")
    curves = {t.port: t for t in result.traces if t.port != "truth"}
    colours = {"torch": RIGHT} | {port.name: port.colour for port in FAULTY}
    first = curves["torch"]
    assert first.param_envelope is not None
    assert first.loss_envelope is not None
    at = np.arange(1, len(truth.loss) + 1)
    top.fill_between(first.checkpoint_steps, 1e-12, first.param_envelope, color="#dddddd")
    few = np.unique(np.geomspace(1, len(at), 600).astype(int)) - 1  # as fine as the eye, on a log
    bottom.fill_between(at[few], 1e-12, first.loss_envelope[few], color="#dddddd")
    for name, trace in curves.items():
        label = "torch, right" if name == "torch" else name
        colour = colours[name]
        top.plot(
            trace.checkpoint_steps, trace.param_distance, ".-", color=colour, lw=1, label=label
        )
        off = np.maximum.accumulate(np.abs(trace.loss - truth.loss))
        bottom.plot(at[few], off[few], color=colour, lw=1, label=label)
        for axes, x, y in crossings(result, trace, off, (top, bottom)):
            axes.plot([x], [y], "o", ms=11, mfc="none", color=colour, mew=2)
    for axes, name in ((top, "|dW| / |W|"), (bottom, "largest |dL| so far")):
        axes.set(xscale="log", yscale="log", ylabel=name)
        axes.grid(alpha=0.3)
    top.set_ylim(1e-8, 1e-2)
    bottom.set_ylim(1e-9, 1e-1)
    bottom.set_xlabel("step")
    top.legend(loc="upper left", fontsize=9)
    top.set_title(
        "Grey: where rounding alone may carry a right float32 port. Ring: first crossing."
    )
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def crossings(result: Run, trace: Trace, off: np.ndarray, axes: tuple) -> list[tuple]:
    """Where the verdict sees the port leave the envelope: (axes, step, height), or nothing."""
    verdict = next(v for v in result.verdicts if (v.port, v.component) == (trace.port, "training"))
    if not verdict.elements_over or verdict.worst is None:
        return []
    step = parse_step(verdict)
    if verdict.worst.output == "loss":
        return [(axes[1], step, off[step - 1])]
    return [(axes[0], step, verdict.worst.got)]


def table(result: Run) -> str:
    """Return a row for each port: what the verdict of its training says."""
    lines = ["| port | verdict | share of the envelope | what it says |", "|---|---|---|---|"]
    for v in result.verdicts:
        if v.component == "training":
            says = v.message or "inside the envelope at every step"
            lines.append(f"| {v.port} | {v.status} | {v.budget_used:.3g} | {says} |")
    return "\n".join(lines)


def main() -> None:
    """Run the ports and draw the envelope."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="auto")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    result = compared(arguments.data, arguments.steps, arguments.out)
    draw(result, HERE / "envelope.svg")
    print(table(result))


if __name__ == "__main__":
    main()
