"""Every operation that TensorFlow runs eagerly, forward and backward, seen where all of them pass.

Generated code calls `pywrap_tfe.TFE_Py_FastPathExecute`, and `TFE_Py_Execute` with tensors alone
where the first gives up (strides that are a tuple, a variable of Keras). Both are looked up at each
call.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from .randomness import set_attribute


@dataclass(frozen=True)
class Operation:
    """One call. name: "MatMul". inputs: tensors, variables, numbers and lists of these.

    values: its attributes by name. call: runs it on other inputs. repeat: so too, unseen by any
    tape.
    """

    name: str
    inputs: tuple[Any, ...]
    values: dict[str, Any]
    call: Callable[[Sequence[Any]], Any]
    repeat: Callable[[Sequence[Any]], Any]

    def with_call(self, run: Callable[["Operation", Sequence[Any]], Any]) -> "Operation":
        """Return the same operation, which is run by a function of it and its inputs."""
        return replace(self, call=functools.partial(run, self))


Around = Callable[[Operation], Any]


@contextmanager
def watch_operations(around: Around) -> Iterator[None]:
    """In the block around is called for each operation, and what it returns is what that gives.

    What it runs itself is not watched.
    """
    from tensorflow.python import pywrap_tfe

    fast, slow = pywrap_tfe.TFE_Py_FastPathExecute, pywrap_tfe.TFE_Py_Execute
    busy = False

    def guard(operation: Operation) -> Any:
        nonlocal busy
        busy = True
        try:
            return around(operation)
        finally:
            busy = False

    def execute_fast(context: Any, name: str, label: Any, *args: Any) -> Any:
        if busy:
            return fast(context, name, label, *args)
        count = count_inputs(name)
        given, rest = args[:count], args[count:]
        values = dict(zip(rest[::2], rest[1::2], strict=True))
        call = functools.partial(_call_fast, fast, context, name, label, rest)
        return guard(Operation(name, given, values, call, functools.partial(_run_untaped, call)))

    def execute_slow(
        handle: Any, device: Any, name: Any, inputs: Any, attributes: Any, count: int
    ) -> Any:
        if busy:
            return slow(handle, device, name, inputs, attributes, count)
        plain = name.decode() if isinstance(name, bytes) else name
        pairs = attributes or ()
        values = dict(zip(pairs[::2], pairs[1::2], strict=True))

        def call(new: Sequence[Any]) -> Any:
            if isinstance(inputs, list):
                inputs[:] = new  # the tape is shown this list afterwards
            return repeat(new)

        def repeat(new: Sequence[Any]) -> Any:
            return slow(handle, device, name, list(new), attributes, count)

        return guard(Operation(plain, tuple(inputs), values, call, repeat))

    with ExitStack() as stack:
        stack.enter_context(set_attribute(pywrap_tfe, "TFE_Py_FastPathExecute", execute_fast))
        stack.enter_context(set_attribute(pywrap_tfe, "TFE_Py_Execute", execute_slow))
        yield


def _call_fast(
    fast: Any, context: Any, name: str, label: Any, rest: Sequence[Any], inputs: Sequence[Any]
) -> Any:
    return fast(context, name, label, *inputs, *rest)


def _run_untaped(call: Callable[[Sequence[Any]], Any], inputs: Sequence[Any]) -> Any:
    from tensorflow.python.eager import record

    with record.stop_recording():
        return call(inputs)


@functools.cache
def count_inputs(name: str) -> int:
    """Return how many inputs an operation has, a list of tensors counting once."""
    from tensorflow.python.framework import op_def_registry

    return len(op_def_registry.get(name).input_arg)
