"""The table of conventions, run: what each framework answers on this machine."""

import ast
import contextlib
import io
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..ports.framework import Framework
from ..ports.frameworks import to_numpy
from .conventions import CONVENTIONS, PRELUDES


def run_conventions(framework: Framework, dtype: str) -> list[dict[str, Any]]:
    """Run the framework's column: a record for each row that has code for it.

    dtype: what the framework's default is put back to; the rows see its own, float32. An exception
        is an answer too: it is what the user would meet.
    """
    if framework.name not in PRELUDES:
        return []
    framework.set_dtype("float32")
    try:
        return [
            {"row": number, **evaluate_snippet(framework.name, convention.code[framework.name])}
            for number, convention in enumerate(CONVENTIONS)
            if framework.name in convention.code
        ]
    finally:
        framework.set_dtype(dtype)


def evaluate_snippet(framework: str, code: str) -> dict[str, Any]:
    r"""Return the value of the last line of code, in words.

    >>> evaluate_snippet("numpy", "a = 2.0\na + 1")
    {'shown': '3', 'raised': False}
    >>> evaluate_snippet("numpy", "1 / 0")
    {'shown': 'ZeroDivisionError: division by zero', 'raised': True}
    """
    names: dict[str, Any] = {}
    exec(PRELUDES[framework], names)
    *statements, last = ast.parse(code).body
    if not isinstance(last, ast.Expr):
        raise ValueError(f"the last line must be an expression (got {code.splitlines()[-1]!r})")
    try:
        # frameworks print on the way to some answers, and NumPy warns of log(0): neither is one
        with contextlib.redirect_stderr(io.StringIO()), np.errstate(all="ignore"):
            exec(compile(ast.Module(statements, []), "<row>", "exec"), names)
            value = eval(compile(ast.Expression(last.value), "<row>", "eval"), names)
        return {"shown": format_answer(value), "raised": False}
    except Exception as error:  # noqa: BLE001  # a refusal of any kind is the answer
        first = (str(error).strip().splitlines() or [""])[0]
        first = re.sub(r"\{\{.*?\}\} *", "", first)  # TensorFlow names its node first
        return {"shown": f"{type(error).__name__}: {first}"[:160], "raised": True}


def format_answer(value: Any) -> str:
    """Return a value in the same words whatever framework it came from.

    >>> (format_answer(np.float32(0.1)), format_answer(np.array([1, 2])),
    ...  format_answer((2, 3)), format_answer(np.dtype("f4")))
    ('0.1', '[1, 2]', '(2, 3)', 'float32')
    """
    if isinstance(value, tuple):  # torch.Size is one
        return str(tuple(value))
    if isinstance(value, list | str | bool):
        return str(value)
    if "dtype" in type(value).__name__.lower() or type(value).__name__ == "DType":
        return str(getattr(value, "name", value)).replace("torch.", "")
    array = to_numpy(value)
    if array.ndim == 0:
        return f"{array.item():.6g}"
    return np.array2string(array, separator=", ", formatter={"float_kind": lambda x: f"{x:.6g}"})


def tabulate_answers(answers: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the rows for the results: what was asked, and what each framework answered.

    answers: framework to what `run_conventions` gave. A row nobody was asked is left out.
    """
    rows = []
    for number, convention in enumerate(CONVENTIONS):
        cells = {
            name: {"code": convention.code[name], "shown": a["shown"], "raised": a["raised"]}
            for name, given in answers.items()
            for a in given
            if a["row"] == number
        }
        if cells:
            row = {"topic": convention.topic, "question": convention.question, "cells": cells}
            rows.append(row)
    return rows
