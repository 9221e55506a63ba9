"""The cases as files, for a port in a language that Python cannot load.

`export_cases` writes everything that such a port reads, and a page that says what to compute;
`workflow.external_outputs` reads what it hands back. A zip of .npy files (`inputs.npz`) is at home
in Python and R alone, while one .npy file is a line of text and the raw numbers: so every input
lies there as a plain .npy file too, and that is all a port needs to read or write.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..chapter.functions import FUNCTIONS
from ..chapter.suite import CHAPTER
from ..judging.expected import expected_outputs
from ..suite.case import Case, save_cases

SCHEMA = "trueport/cases/1"

# What each component computes, in words that need no Python.
FORMULAS = {
    "sigmoid": "1 / (1 + exp(-x)), for each entry",
    "softmax": "exp(x) / sum(exp(x)) over the last axis, for one sample or each row. Subtract the "
    "largest entry of the row first: the value is the same and nothing overflows",
    "sum_squares_error": "1/2 sum((y - t)^2), over all entries, not divided by the batch",
    "cross_entropy_error": "-sum(t log(y + 1e-7)) / N, N the number of samples (rows of y; 1 if y "
    "has one axis). Integer t holds labels, the index of the true class, in place of one-hot rows. "
    "1e-7 is added, not a bound",
    "label out of range": "`refused` is 1 if cross_entropy_error(y, t), whose t names a class that "
    "is not there, is refused (and with `right t` is not); 0 if it gives a number",
    "column against row": "`refused` is 1 if sum_squares_error(y, t), y a column and t a row, is "
    "refused (and with `right t` is not); 0 if it gives a number",
    "column of labels": "`refused` is 1 if one_hot(t), t a column of labels, is refused (and with "
    "`right t` is not); 0 if it gives an array",
    "integer input": "numerical_gradient of f at x, an array of integers; a port that refuses "
    "integers hands back the gradient at `as floats`",
    "SimpleNet.predict": "x W",
    "SimpleNet.loss": "cross_entropy_error(softmax(x W), t)",
    "TwoLayerNet.predict": "softmax(sigmoid(x W1 + b1) W2 + b2)",
    "TwoLayerNet.loss": "cross_entropy_error(predict(x), t)",
    "TwoLayerNet.accuracy": "the share of rows whose largest entry of predict(x) is at the place "
    "of the true class, a number in 0..1",
    "numerical_diff": "(f(x + h) - f(x - h)) / (2 h), h = 1e-4, for each entry of x by itself",
    "forward_diff": "(f(x + h) - f(x)) / h, for each entry of x by itself; h = 10e-50 where the "
    "case gives none, which is the chapter's example of a derivative that comes out as 0",
    "partial_diff": "numerical_diff of f as a function of entry idx of x alone",
    "numerical_gradient": "an array of the shape of x: for each entry (f(x with h added there) - "
    "f(x with h taken off there)) / (2 h), h = 1e-4",
    "gradient_descent": "from init_x, step_num times x <- x - lr * numerical_gradient(f, x); the "
    "last x",
    "SimpleNet gradient": "numerical_gradient of SimpleNet.loss as a function of W",
    "TwoLayerNet.numerical_gradient": "numerical_gradient of TwoLayerNet.loss as a function of W1, "
    "of b1, of W2 and of b2",
    "TwoLayerNet.gradient": "the exact gradient of TwoLayerNet.loss, 1e-7 included. With z1 = "
    "sigmoid(x W1 + b1), y = softmax(z1 W2 + b2), t one-hot: r = t y / (y + 1e-7), da2 = "
    "(y sum(r) - r) / N with the sum over the row, da1 = (da2 W2^T) z1 (1 - z1); W2: z1^T da2, "
    "b2: column sums of da2, W1: x^T da1, b1: column sums of da1",
    "one update": "row n of batch_masks names the rows of x_train and t_train that step n uses: "
    "params <- params - learning_rate * TwoLayerNet.gradient on them, and `loss n` is the loss on "
    "the same rows after that update. W1, b1, W2, b2: the parameters at the end",
    "two updates": "as `one update`, for both rows of batch_masks, the parameters going on",
    "short training": "as `one update`, for all rows of batch_masks. After step 1 and every E "
    "steps from there (1, 1 + E, 1 + 2 E, ...; E = rows of x_train / rows of a batch, rounded "
    "down) the accuracy on all of x_train and of x_test goes into train_acc_list and "
    "test_acc_list, and the step's number into accuracy_steps; `W1 after n steps` is a copy",
}
MAX_LISTED_OUTPUTS = 10  # outputs of one case beyond which its row in the page leaves some out
AFTERWARDS_TEXT = "the same argument after the call, which must leave it as it was"


class Symbol:
    """Stands for an array or number in a function and writes down what is computed of it.

    >>> x = Symbol("x")
    >>> (2.0 * (x - 1.0)) ** 2
    (2*(x - 1))^2
    """

    def __init__(self, text: str, rank: int = 3) -> None:
        self.text, self.rank = text, rank  # rank: how tightly it binds; 0 sum, 1 product, 3 name

    def __repr__(self) -> str:
        return self.text

    def __getitem__(self, index: int) -> "Symbol":
        return Symbol(f"{self.text}{index}")

    def __add__(self, other: Any) -> "Symbol":
        return join_operands(self, " + ", other, 0, 0)

    def __radd__(self, other: Any) -> "Symbol":
        return join_operands(other, " + ", self, 0, 0)

    def __sub__(self, other: Any) -> "Symbol":
        return join_operands(self, " - ", other, 0, 1)

    def __rsub__(self, other: Any) -> "Symbol":
        return join_operands(other, " - ", self, 0, 1)

    def __mul__(self, other: Any) -> "Symbol":
        return join_operands(self, "*", other, 1, 1)

    def __rmul__(self, other: Any) -> "Symbol":
        return join_operands(other, "*", self, 1, 1)

    def __truediv__(self, other: Any) -> "Symbol":
        return join_operands(self, "/", other, 1, 2)

    def __pow__(self, other: Any) -> "Symbol":
        return join_operands(self, "^", other, 3, 3, rank=2)


def join_operands(
    left: Any, sign: str, right: Any, at_least: int, right_at_least: int, rank: int | None = None
) -> Symbol:
    """Two operands and the sign between them, in parentheses where they bind more loosely."""

    def operand(value: Any, least: int) -> str:
        if not isinstance(value, Symbol):
            return f"{value:g}"
        return value.text if value.rank >= least else f"({value.text})"

    text = operand(left, at_least) + sign + operand(right, right_at_least)
    return Symbol(text, at_least if rank is None else rank)


def format_formula(f: Callable[[Any], Any]) -> str:
    """Return what one of `compare.chapter.functions` computes, by running it on a symbol.

    >>> format_formula(FUNCTIONS["function_2"]), format_formula(FUNCTIONS["narrow_valley"])
    ('x0^2 + x1^2', '(x0 - 1)*(x0 - 1) + 10*(x1 - x0)*(x1 - x0)')
    """
    return str(f(Symbol("x")))


def compute_fingerprint(cases: Sequence[Case]) -> str:
    """sha256 of what the cases hand to a port: names, numbers, shapes, bits. Order counts.

    >>> case = Case("sigmoid", "zero", {"x": np.zeros(2)})
    >>> other = Case("sigmoid", "zero", {"x": -np.zeros(2)})
    >>> compute_fingerprint([case])[:8] == compute_fingerprint([other])[:8]
    False
    """
    digest = hashlib.sha256()
    for case in cases:
        digest.update(json.dumps([case.component, case.id]).encode())
        for key, value in case.inputs.items():
            if isinstance(value, np.ndarray):
                digest.update(json.dumps([key, value.dtype.str, value.shape]).encode())
                digest.update(np.ascontiguousarray(value).tobytes())
            else:
                digest.update(json.dumps([key, value]).encode())
    return digest.hexdigest()


def export_cases(folder: Path, cases: Sequence[Case]) -> None:
    """Write what a port in any language needs: inputs, index, and a page that explains them.

    folder: new, empty, or holding an earlier export, which is replaced.
    cases: those of the gate "data" are left out: they ask for a port's own loading and drawing and
        hand it nothing.

    `inputs.npz` and `index.json` are those of `chapter.cases.save_cases`; the index has besides
    the "fingerprint" of the inputs and for each case the shapes of its "outputs". `inputs/` is the
    npz unpacked: `inputs/0007/x.npy`. `README.md` is the page.

    Raises ValueError if the folder holds something else, outputs of other cases included, or there
    is nothing to write; OSError if it cannot be written.
    """
    cases = [case for case in cases if CHAPTER.components[case.component].gate != "data"]
    if not cases:
        raise ValueError("cases must hold at least one that hands inputs to a port (got none)")
    mark = compute_fingerprint(cases)
    check_export_folder(folder, mark)
    shutil.rmtree(folder / "inputs", ignore_errors=True)
    save_cases(cases, folder)
    with zipfile.ZipFile(folder / "inputs.npz") as npz:
        npz.extractall(folder / "inputs")
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    shapes = []
    for item, case in zip(index["cases"], cases, strict=True):
        truths = expected_outputs(CHAPTER, case, case.dtypes[0])
        item["outputs"] = {key: list(truth.want.shape) for key, truth in truths.items()}
        shapes.append(item["outputs"])
    index = {"schema": index["schema"], "fingerprint": mark, "cases": index["cases"]}
    text = json.dumps(index, indent=1, ensure_ascii=False)
    (folder / "index.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(format_page(cases, shapes), encoding="utf-8")


def check_export_folder(folder: Path, mark: str) -> None:
    """Raise ValueError unless folder may take an export with this fingerprint."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        before = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        ours = before["schema"] == SCHEMA
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise ValueError(
            f"{folder} must be new, empty, or an earlier export (it holds other files)"
        )
    answered = (folder / "outputs.npz").exists() or (folder / "outputs").exists()
    if answered and before.get("fingerprint") != mark:
        raise ValueError(
            f"{folder} holds outputs that were computed on other cases: export to a new folder"
        )


def format_page(cases: Sequence[Case], shapes: Sequence[dict[str, list[int]]]) -> str:
    """Return the Markdown page beside an export: `PAGE_HEAD`, then a section a component."""
    used = {case.inputs["f"] for case in cases if "f" in case.inputs}
    lines = [PAGE_HEAD.replace("{count}", str(len(cases)))]
    lines += ["| f | formula |", "|---|---|"]
    lines += [f"| `{key}` | {format_formula(f)} |" for key, f in FUNCTIONS.items() if key in used]
    lines += ["", "`x0` is the first entry of x, `x12` the third of its second row.", ""]
    lines += ["## The components", ""]
    for name in dict.fromkeys(case.component for case in cases):
        here = [n for n, case in enumerate(cases) if case.component == name]
        lines += [f"### {name}", "", FORMULAS.get(name, "See the reference.") + ".", ""]
        for output in shapes[here[0]]:
            if output.endswith(" afterwards"):
                lines += [f"`{output}`: {AFTERWARDS_TEXT}.", ""]
        lines += ["| number | case | inputs | outputs |", "|---|---|---|---|"]
        for n in here:
            given = ", ".join(format_input(key, value) for key, value in cases[n].inputs.items())
            asked = [f"{key} {format_shape(shape)}" for key, shape in shapes[n].items()]
            if len(asked) > MAX_LISTED_OUTPUTS:
                asked = [*asked[:2], "...", asked[-1], f"all {len(asked)} in index.json"]
            lines.append(f"| {n:04d} | {cases[n].id} | {given} | {', '.join(asked)} |")
        lines.append("")
    return "\n".join(lines)


def format_input(key: str, value: Any) -> str:
    """Return an input in a table: its shape, or its value."""
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype.kind == "f" else " integers"
        return f"{key} {format_shape(value.shape)}{kind}"
    return f"{key} = {value}"


def format_shape(shape: Sequence[int]) -> str:
    """Return a shape as people write it.

    >>> format_shape([4, 7]), format_shape([3]), format_shape([])
    ('(4, 7)', '(3,)', '()')
    """
    return str(tuple(shape))


PAGE_HEAD = """# Is your port true?

{count} cases, each one call of one function of chapter 4 of *Deep Learning from Scratch*. Compute
them in any language, write the outputs here, and run `trueport check` on this folder. Any subset of
the components will do; of a component that you offer, all its cases are needed.

## What is here

- `index.json`: under "cases", for each case its "number", the "component", the "inputs" (a number,
  a text or, for `{"array": "0007/x"}`, the file `inputs/0007/x.npy`) and the shapes of the
  "outputs" ([] is one number). A case with "dtypes" of ["float64"] means nothing in float32.
- `inputs/NNNN/NAME.npy`: the input arrays: initial parameters (W1, b1, W2, b2), batch indices
  (batch_masks, counted from 0) and data. float64 (`'<f8'`) or int64 (`'<i8'`), little-endian, row
  by row (C order). A port that computes in float32 rounds the float64 inputs first.
- `inputs.npz`: the same arrays in one file, for languages that read it.

A .npy file is the bytes `93 4E 55 4D 50 59 01 00`, the length of the header in two bytes
(little-endian), the header, e.g. `{'descr': '<f8', 'fortran_order': False, 'shape': (4, 7), }`
with spaces and a line feed to its end, so that all before the data is a multiple of 64 bytes, and
the raw numbers. The shape of one number is `()`, of a vector of three `(3,)`.

One sample has the shape (K,), a batch (N, K), one sample a row; weights are (in, out), so that a
layer is x W + b.

## What to hand back

- `outputs/NNNN/NAME.npy`, e.g. `outputs/0007/value.npy`, under the names that index.json gives
  ("outputs"), **or** all of them in one `outputs.npz` under the keys `NNNN/NAME`. Not both.
  float64, or float32 for a port that computes in it.
- `about.json`, if you like: `{"name": "my port", "language": "JavaScript", "dtype": "float64"}`;
  dtype "float64" or "float32": what the port computes in. Without it the files decide.

The outputs may lie in this folder or in one of their own; then copy index.json there too, so that
it is known which cases they belong to. `examples/node/port.mjs` is a whole port in JavaScript.

## The functions f
"""
