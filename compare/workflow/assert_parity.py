"""`assert_parity`: a function of yours held against a NumPy reference of yours, on your inputs.

Or a model against a model; see `assert_models`.

>>> import numpy as np
>>> def softmax_reference(x):
...     e = np.exp(x - x.max(axis=-1, keepdims=True))
...     return e / e.sum(axis=-1, keepdims=True)
>>> def softmax(x):
...     e = np.exp(x)
...     return e / e.sum(axis=-1, keepdims=True)
>>> assert_parity(softmax, softmax_reference, np.array([[0.3, 2.9, 4.0]]))
"""

import inspect
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..execution.observation import CaseResult
from ..functions.arguments import bind_arguments, flatten_bound, list_defaults, list_parameters
from ..functions.budget import compute_budget
from ..functions.edit_search import EditSearch
from ..functions.edited import instrument_function, read_function
from ..functions.explain import make_diff
from ..functions.find_fits import find_fits
from ..functions.function_case import FunctionCase
from ..functions.gradients import PREFIX, differentiate_reference
from ..functions.judge import Comparison, judge_function, make_entry
from ..functions.outcome import UndecidableError
from ..functions.port_gradients import differentiate_port
from ..functions.seen import Seen
from ..functions.spread import Budgeted
from ..functions.structures import ArrayDict, copy_value, find_changed_leaves, flatten_result
from ..judging.verdict import Verdict
from ..models.open_local import is_model
from ..ports.frameworks import FRAMEWORKS, to_numpy
from ..report.text import format_finding
from ..rounding.random_rounding import map_leaves

__tracebackhide__ = True  # a failing test shows the user's line

SEARCH_SECONDS = 10.0  # for the cause of a failure
MODEL_OPTIONS = {"train", "keep_weights", "names"}
ROOTS = {"torch": "torch", "tensorflow": "keras", "keras": "keras", "jax": "jax"}


def assert_parity(
    port: Callable[..., Any],
    reference: Callable[..., Any],
    *inputs: Any,
    gradient: bool = True,
    err_msg: str = "",
    **named: Any,
) -> None:
    """Raise AssertionError unless port gives what reference does on these inputs.

    port: a function of any framework's arrays. reference: a function of NumPy arrays.
    inputs, named: as reference takes them; arrays of NumPy or of the port's framework. What is
        float32 among them says that the port computes in float32.
    gradient: whether the port's derivatives are compared too, where its framework has them, in
        float64.
    err_msg: begins the message, which has at most 15 lines.

    Two models, of torch or Keras in any pairing, are compared as `trueport check` does: copies of
    both, the reference's weights carried to the port's, on `inputs`, in float64 and in the dtype of
    the port's weights. By name they take, beside gradient: train=False, to leave out training mode;
    keep_weights=True, to compare the port's own weights with the reference's; names, a dict from
    tensors or layers of the port to the reference's.

    How much may differ is found by running the reference with its roundings at random: there is no
    tolerance to choose. Raises ValueError where nothing can be said: a reference that draws random
    numbers, arguments that the port does not take.
    """
    if is_model(reference):
        compare_models(port, reference, inputs, named, gradient=gradient, err_msg=err_msg)
        return
    bound = inspect.signature(reference).bind(*inputs, **named)
    name = getattr(reference, "__name__", "the reference")
    arguments = flatten_bound(bound)
    dtype = choose_dtype(arguments)
    plain = {n: map_leaves(as_reference_array, v) for n, v in arguments.items()}
    case = FunctionCase(name, "these inputs", plain)
    world, right = instrument_function(reference)
    try:
        truth = compute_budget(right, case, dtype)
    except UndecidableError as error:
        words = "it draws random numbers, or keeps a state: hand that over as an argument"
        raise ValueError(f"{name}: {words if str(error) == 'random' else error}") from error
    kind = find_framework(port, arguments)
    result = call_port(port, reference, case, dtype, kind, truth)
    if gradient and dtype == "float64" and kind != "numpy" and result.status == "ok":
        derived = differentiate(port, reference, case, kind, result.outputs)
        if derived:
            result.outputs |= derived
            truth |= differentiate_reference(right, case, truth)
    verdict = judge(case, truth, result, dtype)
    if verdict.status == "not-comparable":
        raise ValueError(verdict.message)
    if verdict.status == "faithful":
        return
    explain(verdict, world, right, case, truth, result, dtype)
    lines = list(format_finding(verdict, kind, replay="go through both step by step"))
    raise AssertionError("\n".join([err_msg] * bool(err_msg) + lines))


def compare_models(
    port: Any, reference: Any, inputs: Sequence[Any], named: Mapping[str, Any], **given: Any
) -> None:
    """Hand models over to `assert_models`. Raises TypeError for what is no model or no option."""
    if not is_model(port):
        raise TypeError(f"the reference is a model, and so must the port be (got {port!r:.60})")
    if unknown := sorted(named.keys() - MODEL_OPTIONS):
        raise TypeError(
            f"{unknown[0]} is no option for models: hand their inputs over in order, without names"
        )
    from .assert_models import assert_models

    assert_models(port, reference, inputs, **given, **named)


def choose_dtype(arguments: Mapping[str, Any]) -> str:
    """Return float32 if an array among the arguments is, else float64."""
    found: list[str] = []
    map_leaves(lambda leaf: found.append(str(getattr(leaf, "dtype", ""))), dict(arguments))
    return "float32" if any(name.endswith("float32") for name in found) else "float64"


def as_reference_array(leaf: Any) -> Any:
    """Return any framework's array as NumPy's; what is none as it is."""
    return to_numpy(leaf) if hasattr(leaf, "shape") and hasattr(leaf, "dtype") else leaf


def find_framework(port: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    """Return the framework that a function takes arrays of: those given, or what its code names."""
    given: list[str] = []
    map_leaves(lambda leaf: given.append(type(leaf).__module__.partition(".")[0]), dict(arguments))
    code = getattr(inspect.unwrap(port), "__code__", None)
    world = getattr(inspect.unwrap(port), "__globals__", {})
    named = [world.get(name) for name in getattr(code, "co_names", ())]
    roots = [
        (
            value.__name__
            if isinstance(value, types.ModuleType)
            else getattr(value, "__module__", "")
        )
        for value in named
        if value is not None
    ]
    roots += [type(port).__module__, getattr(port, "__module__", "") or ""]
    imported = [value.__name__ for value in world.values() if isinstance(value, types.ModuleType)]
    if "numpy" not in imported:  # a method of its arrays alone names no framework
        roots += imported
    for root in [*given, *(str(r).partition(".")[0] for r in roots)]:
        if root in ROOTS and root in sys.modules:
            return ROOTS[root]
    return "numpy"


def call_port(
    port: Callable[..., Any],
    reference: Callable[..., Any],
    case: FunctionCase,
    dtype: str,
    kind: str,
    truth: Mapping[str, Budgeted],
) -> CaseResult:
    """Return what the port gives, its changed arguments too. Raises what the port raises."""
    known = list_parameters(reference), list_defaults(reference)
    given = dict(case.round_to(dtype).arguments)
    array = FRAMEWORKS[kind].array
    own = map_leaves(lambda v: array(v) if isinstance(v, np.ndarray) else v, copy_value(given))
    args, kwargs = bind_arguments(port, own, *known)
    outputs = flatten_result(port(*args, **kwargs))
    mutated: list[str] = []
    for name, value in own.items():
        for place, changed in find_changed_leaves(name, given[name], value).items():
            if place in truth:
                outputs[place] = changed
            else:
                mutated.append(place.removesuffix(" afterwards"))
    return CaseResult("ok", outputs=outputs, mutated=mutated)


def differentiate(
    port: Callable[..., Any],
    reference: Callable[..., Any],
    case: FunctionCase,
    kind: str,
    outputs: ArrayDict,
) -> ArrayDict:
    """Return the port's derivatives; none where it is written for no gradient."""
    known = list_parameters(reference), list_defaults(reference)
    array = FRAMEWORKS[kind].array

    def call(arguments: Any) -> Any:
        args, kwargs = bind_arguments(port, arguments, *known)
        return port(*args, **kwargs)

    own = map_leaves(lambda v: array(v) if isinstance(v, np.ndarray) else v, dict(case.arguments))
    plain = {name: value for name, value in outputs.items() if not name.startswith(PREFIX)}
    return differentiate_port(kind, call, own, plain, case.seed, [])


def judge(
    case: FunctionCase, truth: Mapping[str, Budgeted], result: CaseResult, dtype: str
) -> Verdict:
    """Return the verdict over one call."""
    arrays: ArrayDict = {}
    for name, one in truth.items():
        arrays |= {
            f"want:{name}": one.want,
            f"allowed:{name}": one.allowed,
            f"undecided:{name}": one.undecided,
        }
    comparison = Comparison(case.function, dtype)
    right = CaseResult("ok", outputs=arrays)
    comparison.entries.append(make_entry(case, right, result, comparison))
    return judge_function("port", comparison)


def split_gradients(found: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return outputs, and derivatives."""
    derived = {name: one for name, one in found.items() if name.startswith(PREFIX)}
    return {name: one for name, one in found.items() if name not in derived}, derived


def explain(
    verdict: Verdict,
    world: types.ModuleType,
    right: Callable[..., Any],
    case: FunctionCase,
    truth: dict[str, Budgeted],
    result: CaseResult,
    dtype: str,
) -> None:
    """Fill the cause of a verdict, if an edit of the reference gives what the port gave."""
    if read_function(right) is None:
        return
    parts: list[tuple[dict[str, Any], dict[str, Any]]] = [
        split_gradients(one) for one in (truth, result.outputs)
    ]
    (plain, derived), (outputs, gradients) = parts
    seen = [Seen(case, plain, outputs, derived if gradients else {}, gradients)]
    search = EditSearch(world, case.function, right, seen, dtype, SEARCH_SECONDS)
    fits = sorted(find_fits(search), key=lambda fit: fit.cost)
    verdict.ruled_out = search.tried - len(fits)
    if fits:
        sources = {
            s.name: {"file": s.file, "line": s.first_line, "text": s.text} for s in search.sources
        }
        diffs = [make_diff(vars(fit), sources)[0] for fit in fits]
        verdict.cause = {
            "id": "edit",
            "kind": "fault",
            "name": fits[0].what,
            "budget_used": fits[0].used,
            "diff": diffs[0],
            "also": diffs[1:3],
        }
