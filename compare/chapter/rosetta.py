"""The same thing in every port: formula, source, and the value on the chapter's example.

Gathered in the run: the report needs the results alone. To add one, add to `ROSETTA_ENTRIES`.
"""

import ast
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..execution.observation import CaseResult, Observation
from ..judging.evidence import format_input
from ..judging.expected import Expected
from ..suite.case import Case
from ..suite.component import PortSpec
from .conventions import PRELUDES
from .run_conventions import tabulate_answers
from .suite import PORTS

# Always shown, whatever ports a run has: they are what the page is about.
TWIN_PORTS = [port for port in PORTS if port.name in ("reference", "torch", "keras")]


@dataclass(frozen=True)
class RosettaEntry:
    """A function or method: the module that holds it in every port, its formula in LaTeX.

    examples: cases of the component in the contract, which is called like it but where it is named.
    """

    name: str
    section: str
    file: str
    formula: str
    examples: tuple[str, ...] = ()
    named: str = ""

    @property
    def component(self) -> str:
        """Return the component whose cases are the examples."""
        return self.named or self.name


ROSETTA_ENTRIES = (
    RosettaEntry("sigmoid", "3.2.4", "activations",
                 r"\sigma(x) = \frac{1}{1 + e^{-x}}", ("one sample",)),
    RosettaEntry("softmax", "3.5.1", "activations",
                 r"y_k = \frac{e^{x_k}}{\sum_j e^{x_j}}", ("one sample",)),
    RosettaEntry("sum_squares_error", "4.2.1", "losses",
                 r"E = \frac{1}{2} \sum_k (y_k - t_k)^2", ("chapter, right", "chapter, wrong")),
    RosettaEntry("cross_entropy_error", "4.2.2 to 4.2.4", "losses",
                 r"E = -\frac{1}{N} \sum_n \sum_k t_{nk} \log(y_{nk} + 10^{-7})",
                 ("chapter, right", "chapter, wrong", "one sample, label")),
    RosettaEntry("numerical_diff", "4.3.1", "gradients",
                 r"f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}, \quad h = 10^{-4}",
                 ("function_1 at 5", "function_1 at 10")),
    RosettaEntry("forward_diff", "4.3.1, how not to do it", "gradients",
                 r"f'(x) \approx \frac{f(x + h) - f(x)}{h}, \quad h = 10 \cdot 10^{-50}",
                 ("function_1 at 5", "a sensible step")),
    RosettaEntry("partial_diff", "4.3.3", "gradients",
                 r"\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}",
                 ("function_2, x0", "function_2, x1")),
    RosettaEntry("numerical_gradient", "4.4", "gradients",
                 r"\nabla f = \left( \frac{\partial f}{\partial x_0}, \dots, "
                 r"\frac{\partial f}{\partial x_n} \right)",
                 ("function_2 at (3, 4)", "function_2 at (0, 2)", "function_2 at (3, 0)")),
    RosettaEntry("gradient_descent", "4.4.1", "gradients",
                 r"x \leftarrow x - \eta \nabla f(x)",
                 ("chapter, lr = 0.1", "three steps of lr = 10", "chapter, lr = 1e-10")),
    RosettaEntry("one_hot", "4.2.3", "mnist", r"t_k = 1 \text{ for the label, else } 0"),
    RosettaEntry("SimpleNet", "4.4.2", "networks",
                 r"L(W) = E(\mathrm{softmax}(x W), t)", ("document 004",), named="SimpleNet.loss"),
    RosettaEntry("TwoLayerNet.predict", "4.5.1", "networks",
                 r"y = \mathrm{softmax}(\sigma(x W_1 + b_1) W_2 + b_2)", ("4-6-3, N = 1",)),
    RosettaEntry("TwoLayerNet.loss", "4.5.1", "networks",
                 r"L = E(\mathrm{predict}(x), t)", ("6-5-4, N = 7", "6-5-4, N = 7, labels")),
    RosettaEntry("TwoLayerNet.accuracy", "4.5.1", "networks",
                 r"\frac{1}{N} \sum_n \left[ \mathrm{argmax}_k \, y_{nk} = t_n \right]",
                 ("6-5-4, N = 7",)),
    RosettaEntry("TwoLayerNet.gradient", "4.5.1", "networks",
                 r"\frac{\partial L}{\partial a_2} = \frac{1}{N} (y - t) \frac{y_c}{y_c + 10^{-7}}",
                 ("4-6-3, N = 1",)),
    RosettaEntry("batch_masks", "4.5.2", "mnist", r"B \subset \{0, \dots, N - 1\}"),
    RosettaEntry("train", "4.5.2", "training",
                 r"W \leftarrow W - \eta \nabla L_B(W)", named="one update"),
)  # fmt: skip


def build_rosetta(
    specs: Sequence[PortSpec],
    dtypes: Sequence[str],
    cases: Sequence[Case],
    truths: Mapping[str, Sequence[Mapping[str, Expected]]],
    results: Mapping[str, Observation],
) -> dict[str, Any]:
    """Return a run's record: `entries`, `conventions`, and the `versions` that answered them."""
    ports = list({s.module: s for s in (*specs[::-1], *TWIN_PORTS[::-1])}.values())[::-1]
    sources = {spec.name: find_source_files(spec.module) for spec in ports}
    seen = [(spec, dtype, results[f"{spec.name} {dtype}"]) for spec in specs for dtype in dtypes]
    asked: dict[str, Observation] = {}
    for spec, _, found in seen:
        if found.conventions:
            asked.setdefault(spec.framework, found)
    known = [truths[dtype] for dtype in dtypes if truths.get(dtype)]
    return {
        "entries": [
            {
                "name": entry.name,
                "section": entry.section,
                "component": entry.component,
                "formula": entry.formula,
                "sources": [
                    {"port": name, **source}
                    for name, files in sources.items()
                    if (source := extract_source(files.get(entry.file), entry.name))
                ],
                "examples": [
                    describe_example(number, case, known, seen)
                    for number, case in enumerate(cases)
                    if case.component == entry.component and case.id in entry.examples
                ],
            }
            for entry in ROSETTA_ENTRIES
        ],
        "conventions": tabulate_answers({name: found.conventions for name, found in asked.items()}),
        "versions": {name: asked[name].versions for name in PRELUDES if name in asked},
    }


def describe_example(
    number: int,
    case: Case,
    known: Sequence[Sequence[Mapping[str, Expected]]],
    seen: Sequence[tuple[PortSpec, str, Observation]],
) -> dict[str, Any]:
    """Return an example: its inputs, the true value, and what every port gave in the run."""
    want = next((truths[number] for truths in known if truths[number]), {})
    wanted = {name: truth.want for name, truth in want.items() if "afterwards" not in name}
    return {
        "case": case.id,
        "inputs": {key: format_input(value) for key, value in case.inputs.items()},
        "truth": format_outputs(wanted),
        "values": [
            {"port": spec.name, "dtype": dtype, "value": describe_result(run.cases[number])}
            for spec, dtype, run in seen
            if number in run.cases
        ],
    }


def describe_result(found: CaseResult) -> str:
    """Return what a port gave, or why it gave nothing."""
    if "value" in found.outputs:
        return format_input(found.outputs["value"])
    if found.outputs:
        return format_outputs(found.outputs)
    return found.message.strip().splitlines()[-1] if found.message else found.status


def format_outputs(outputs: Mapping[str, Any]) -> str:
    """Return outputs with their names, which a single value needs not."""
    return "; ".join(
        format_input(output) if name == "value" else f"{name}: {format_input(output)}"
        for name, output in outputs.items()
    )


def find_source_files(module: str) -> dict[str, Path]:
    """Return the files of a package by their names; a module of one file stands for all of them."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return {}
    origin = Path(spec.origin)
    if spec.submodule_search_locations is None:
        return dict.fromkeys((entry.file for entry in ROSETTA_ENTRIES), origin)
    return {path.stem: path for path in sorted(origin.parent.glob("*.py"))}


def extract_source(path: Path | None, name: str) -> dict[str, Any] | None:
    """Return the lines of a function, class or method (Class.method) as they stand in a file.

    Nothing is imported: the text is read. None if the file does not define it.
    """
    if path is None:
        return None
    text = path.read_text(encoding="utf-8")
    found: Any = ast.parse(text)
    for part in name.split("."):
        nodes = [n for n in found.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        named = [node for node in nodes if node.name == part]
        if not named:
            return None
        found = named[0]
    first = min([found.lineno, *(d.lineno for d in found.decorator_list)])
    lines = text.splitlines()[first - 1 : found.end_lineno]
    return {
        "file": f"{path.parent.name}/{path.name}",
        "line": first,
        "code": "\n".join(line[found.col_offset :] for line in lines),
    }
