"""`python -m benchmarks.own_reference`: what a check against a reference of one's own costs.

Three figures: how many times the reference's own time its budget takes, on a million elements; how
many edits are tried in a second, in one process; and how long a file of sixty functions takes.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from trueport.compare.functions.budget import compute_budget
from trueport.compare.functions.edit_search import EditSearch
from trueport.compare.functions.edited import instrument_function
from trueport.compare.functions.function_case import FunctionCase
from trueport.compare.functions.seen import Seen
from trueport.compare.workflow.check_against import check_against
from trueport.compare.workflow.options import Options

REPEATS = 5
FUNCTION_COUNT = 60


def chain(x: Any) -> Any:
    """X of any shape: some forty operations."""
    for _ in range(5):
        x = np.tanh(x * 1.1 + 0.3) * x + np.sqrt(x * x + 1.7)
    return x


def layer_norm(x: Any, eps: float = 1e-5) -> Any:
    """X (n, d), each row to mean 0 and variance 1."""
    mean = x.mean(axis=-1, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


def measure_seconds(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median time of a call."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def measure_budget_ratios() -> dict[str, float]:
    """Return how many times the reference's own time its budget takes, on a million elements.

    Of the processor's time: other processes shall not matter. float32's is taken first, as in a
    check, and tells of float64's.
    """
    x = np.random.default_rng(0).normal(size=(1000, 1000))
    _, function = instrument_function(chain)
    case = FunctionCase("chain", "large", {"x": x})
    seconds: dict[str, list[float]] = {"float32": [], "float64": [], "own": []}
    for _ in range(REPEATS):
        known = None
        for dtype in ("float32", "float64"):
            start = time.process_time()
            known = compute_budget(function, case, dtype, known)
            seconds[dtype].append(time.process_time() - start)
        start = time.process_time()
        chain(x.copy())
        seconds["own"].append(time.process_time() - start)
    own = statistics.median(seconds.pop("own"))
    return {dtype: statistics.median(told) / own for dtype, told in seconds.items()}


def measure_edit_rate() -> float:
    """Return how many edits are tried in a second, on a small case, in one process."""
    x = np.random.default_rng(0).normal(size=(4, 8))
    world, function = instrument_function(layer_norm)
    case = FunctionCase("layer_norm", "small", {"x": x})
    truth = compute_budget(function, case, "float64")
    wrong = {"result": layer_norm(x) * np.linspace(1.0, 2.0, 8)}
    search = EditSearch(world, "layer_norm", function, [Seen(case, truth, wrong)], "float64", 1e6)
    start = time.perf_counter()
    search.search()
    return search.tried / (time.perf_counter() - start)


def measure_many_functions(folder: Path) -> float:
    """Return the seconds of a check of a file with sixty functions, against itself."""
    body = "".join(
        f"def f{n}(x, y):\n"
        + "".join(f"    x = np.tanh(x * {k}.1) + y / {k}.7\n" for k in range(1, 14))
        + "    return x @ y.T\n\n\n"
        for n in range(FUNCTION_COUNT)
    )
    given = "    x, y = np.random.default_rng(0).normal(size=(2, 4, 5))\n"
    given += f"    for n in range({FUNCTION_COUNT}):\n        yield f'f{{n}}', {{'x': x, 'y': y}}\n"
    file = folder / "many.py"
    file.write_text(f"import numpy as np\n\n\n{body}def cases():\n{given}", encoding="utf-8")
    return measure_seconds(lambda: check_against(str(file), Options(against=str(file))), 1)


@click.command()
def main() -> None:
    """Print the three figures."""
    ratios = measure_budget_ratios()
    told = ", ".join(f"{dtype} {ratio:.1f}" for dtype, ratio in ratios.items())
    both = f"{sum(ratios.values()):.1f} times the reference ({told})"
    click.echo(f"the budget of a million elements, both dtypes: {both}")
    click.echo(f"edits tried in one process: {measure_edit_rate():.0f} a second")
    with tempfile.TemporaryDirectory() as name:
        seconds = measure_many_functions(Path(name))
    click.echo(f"a file of {FUNCTION_COUNT} functions: {seconds:.0f} s")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.own_reference")
