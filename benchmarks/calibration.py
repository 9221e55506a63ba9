"""`python -m benchmarks.calibration`: whether the budget of docs/budget.md holds for right ports.

Every function of examples/layers, on inputs of several seeds, with its ports in torch and Keras
and with itself, which NumPy then runs in float32: every element of every output and derivative is
a check that no right port may fail. And how small a departure would be seen.
"""

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np

from trueport.compare.functions.gradients import PREFIX
from trueport.compare.judging.check import Check
from trueport.compare.ports.user_code.target import parse_target
from trueport.compare.report.markup import render_table
from trueport.compare.workflow.check_against import AgainstRun
from trueport.compare.workflow.options import Options, ignore

ROOT = Path(__file__).parent.parent
LAYERS = ROOT / "examples" / "layers"
PAGE = ROOT / "docs" / "budget.md"
START, END = "<!-- calibration: written by benchmarks/calibration.py -->", "<!-- end -->"
PORTS = {"numpy": LAYERS, "torch": LAYERS / "torch_port", "keras": LAYERS / "keras_port"}
# A file that gives a reference's own calls with its generator at other seeds.
INPUTS = """\
import importlib.util
import numpy as np

spec = importlib.util.spec_from_file_location("reference", {reference!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)


def cases():
    make = np.random.default_rng
    for k in range({seeds}):
        np.random.default_rng = lambda seed: make([seed, k])
        try:
            found = list(module.cases())
        finally:
            np.random.default_rng = make
        for name, given in found:
            yield f"{{name}} {{k}}", given
"""


@dataclass
class Calibration:
    """What the right ports of one framework in one dtype showed.

    shares: the largest of each function. seen: of each output, its median allowance as a part of
    its largest value: what departs by more is seen. undecided: of the outputs. left_out: of the
    derivatives, elements that were not taken, or at a kink.
    """

    checks: int = 0
    alarms: int = 0
    undecided: int = 0
    left_out: int = 0
    functions: set[str] = field(default_factory=set)
    shares: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)


def calibrate(port: str, name: str, seeds: int, found: dict[tuple[str, str], Calibration]) -> None:
    """Check one file of a port, and add what it showed."""
    with tempfile.TemporaryDirectory(prefix="trueport-") as folder:
        inputs = Path(folder) / "inputs.py"
        text = INPUTS.format(reference=str(LAYERS / name), seeds=seeds)
        inputs.write_text(text, encoding="utf-8")
        dtypes = ("float32",) if port == "numpy" else ("float64", "float32")
        options = Options(dtypes=dtypes, against=str(LAYERS / name), inputs=str(inputs))
        target, result = PORTS[port] / name, Check(name)
        reference = parse_target(str(LAYERS / name))
        run = AgainstRun(Path(folder), parse_target(str(target)), reference, options, result)
        run.observe(lambda dtype: ignore)
        if result.hindrance:
            raise SystemExit(f"{target}: {result.hindrance}")
        run.judge(ignore)
        for verdict in result.verdicts:
            own = found[port, verdict.dtype]
            own.checks += verdict.elements
            own.alarms += verdict.elements_over
            own.functions.add(verdict.component)
            own.shares.append(verdict.budget_used or 0.0)
        assert run.truth is not None
        for number, case in run.truth.cases.items():
            if not number % 2 and port == "numpy":
                continue
            own = found[port, "float32" if number % 2 else "float64"]
            own.seen += measure_resolution(case.outputs)
            for key, array in case.outputs.items():
                if key.startswith(f"undecided:{PREFIX}"):
                    own.left_out += int(np.sum(array))
                elif key.startswith("undecided:"):
                    own.undecided += int(np.sum(array))


def measure_resolution(arrays: dict[str, np.ndarray]) -> Iterator[float]:
    """Yield of each output the median allowance as a part of its largest value.

    Of derivatives none: the differences that they are held against are coarser.
    """
    for key, allowed in arrays.items():
        if key.startswith("allowed:") and not key.startswith(f"allowed:{PREFIX}"):
            want = np.abs(arrays["want:" + key.removeprefix("allowed:")])
            largest = np.max(want, initial=0.0, where=np.isfinite(want))
            if largest > 0 and allowed.size:
                yield float(np.median(allowed)) / largest


def write_tables(found: dict[tuple[str, str], Calibration], seeds: int) -> str:
    """Return the section of the page."""
    rows = [
        [
            port,
            dtype,
            str(len(own.functions)),
            f"{own.checks:,}",
            str(own.alarms),
            f"{max(own.shares):.2f}",
            f"{statistics.median(own.shares):.2f}",
            f"{own.undecided:,}",
            f"{own.left_out:,}",
            f"{statistics.median(own.seen):.1g}",
        ]
        for (port, dtype), own in found.items()
    ]
    total = sum(own.checks for own in found.values())
    alarms = sum(own.alarms for own in found.values())
    headings = ["port", "dtype", "functions", "checks", "false alarms", "largest share", "median"]
    return "\n".join(
        [
            f"{total:,} checks of right ports on inputs of {seeds} seeds, {alarms} false alarms.",
            "NumPy in float64 is the reference itself, so it is not checked. A share is how much",
            'of its budget the worst element of a function used. "Left out" counts elements of',
            'derivatives at a kink, or beyond a certain number per array. "Seen" is the smallest',
            "difference that is found, as a part of an output's largest value, in the median over",
            "the outputs.",
            "",
            render_table([*headings, "undecidable", "left out", "seen"], rows, "ll" + 8 * "r"),
        ]
    )


def replace_section(text: str, section: str) -> str:
    r"""Return a page with the section between the marks replaced.

    >>> print(replace_section(f"a\n{START}\nold\n{END}\nb", "new"))
    a
    <!-- calibration: written by benchmarks/calibration.py -->
    new
    <!-- end -->
    b
    """
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2] or "\n"
    return f"{before}{START}\n{section.strip()}\n{END}{after}"


@click.command()
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--port", "ports", multiple=True, type=click.Choice(list(PORTS)))
@click.option("--write", is_flag=True, help="Put the tables into docs/budget.md.")
def main(seeds: int, ports: tuple[str, ...], write: bool) -> None:
    """Print the tables; exit status 1 if a right port was called wrong."""
    found: dict[tuple[str, str], Calibration] = defaultdict(Calibration)
    for port in ports or PORTS:
        for path in sorted(LAYERS.glob("*.py")):
            click.echo(f"{port}: {path.name}", err=True)
            calibrate(port, path.name, seeds, found)
    section = write_tables(found, seeds)
    click.echo(section)
    if write:
        PAGE.write_text(replace_section(PAGE.read_text(encoding="utf-8"), section), "utf-8")
    raise SystemExit(any(own.alarms for own in found.values()))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.calibration")
