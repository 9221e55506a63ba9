"""Operations of TensorFlow rounded at random, each where it has run.

What an operation gives is moved in its own memory, so that derivatives go through it as before. An
output that shares the memory of an input (a sum over one element, an identity) is exact, and stays.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...rounding.noise import Noise as Roundings
from ...rounding.operation_errors import find_inexact, get_kappa, measure_sum
from ...rounding.random_rounding import map_leaves
from ...rounding.tolerances import TENSORFLOW_KAPPAS
from .tensorflow_operations import Operation

# What moves, selects or makes values, and rounds nothing.
EXACT = frozenset(
    {"Abs", "Neg", "Relu", "Relu6", "ReluGrad", "Relu6Grad", "Sign", "Floor", "Ceil", "Round"}
    | {"Rint", "Maximum", "Minimum", "Max", "Min", "ClipByValue", "MaxPool", "MaxPoolV2"}
    | {"MaxPool3D", "ArgMax", "ArgMin", "TopKV2", "Reshape", "Squeeze", "ExpandDims", "Transpose"}
    | {"ConcatV2", "Concat", "Pack", "Unpack", "Split", "SplitV", "Slice", "StridedSlice"}
    | {"StridedSliceGrad", "Gather", "GatherV2", "GatherNd", "Tile", "BroadcastTo", "Pad", "PadV2"}
    | {"MirrorPad", "ReverseV2", "ReverseSequence", "Roll", "Select", "SelectV2", "Identity"}
    | {"IdentityN", "StopGradient", "PreventGradient", "Fill", "ZerosLike", "OnesLike", "Cast"}
    | {"SpaceToBatchND", "BatchToSpaceND", "SpaceToDepth", "DepthToSpace", "MatrixBandPart"}
    | {
        "MatrixDiagV3",
        "MatrixDiagPartV3",
        "MatrixSetDiagV3",
        "OneHot",
        "Sort",
        "Where",
        "EnsureShape",
    }
    | {"ScatterNd", "TensorScatterUpdate", "ExtractImagePatches", "InvertPermutation", "Bitcast"}
    | {"ResizeNearestNeighbor", "ReadVariableOp", "Bucketize", "Const", "Complex", "Real", "Imag"}
)
ELEMENTWISE: dict[str, np.ufunc] = {
    "Add": np.add,
    "AddV2": np.add,
    "BiasAdd": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "RealDiv": np.true_divide,
    "Div": np.true_divide,
    "Exp": np.exp,
    "Expm1": np.expm1,
    "Log": np.log,
    "Log1p": np.log1p,
    "Tanh": np.tanh,
    "Sinh": np.sinh,
    "Cosh": np.cosh,
    "Sin": np.sin,
    "Cos": np.cos,
    "Tan": np.tan,
    "Atan": np.arctan,
    "Atan2": np.arctan2,
    "Pow": np.power,
}
# Sums of products, whose squares are summed by the same operation.
PRODUCTS = frozenset(
    {"MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "Conv2D", "Conv3D"}
    | {"Conv2DBackpropInput", "Conv2DBackpropFilter", "Conv3DBackpropInputV2"}
    | {"Conv3DBackpropFilterV2", "DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropInput"}
    | {"DepthwiseConv2dNativeBackpropFilter"}
)
# Sums of one of their inputs, likewise: which one.
SUMS = {
    **dict.fromkeys(("Sum", "Cumsum", "BiasAddGrad", "AddN", "UnsortedSegmentSum"), 0),
    **dict.fromkeys(("Mean", "AvgPool", "AvgPool3D", "SegmentSum", "SparseSegmentSum"), 0),
    **dict.fromkeys(("AvgPoolGrad", "AvgPool3DGrad"), 1),
    "MaxPoolGrad": 2,
}
MEANS = frozenset({"Mean", "AvgPool", "AvgPool3D", "AvgPoolGrad", "AvgPool3DGrad"})


class OperationNoise:
    """Rounds what operations give, as a port of dtype would; the same for the same seed."""

    def __init__(self, dtype: str, seed: int) -> None:
        self.dtype, self.roundings = dtype, Roundings(np.random.default_rng(seed), dtype)

    def run(self, operation: Operation, inputs: Sequence[Any]) -> Any:
        """Run an operation on inputs and round its floating point outputs."""
        result = operation.call(inputs)
        if operation.name in EXACT:
            return result
        given = [look_at(value) for value in flatten(inputs)]
        if not any(is_float(array) for array in given if array is not None):
            return result  # made of no fractions: counted, drawn, looked up
        for place, tensor in enumerate(flatten(result)):
            values = look_at(tensor)
            if values is None or not is_float(values) or not values.size or shares(values, given):
                continue
            size, inexact = measure_error(operation, inputs, given, values, place)
            open_for_writing(values)[...] = self.roundings.move(values.copy(), size, inexact)
        return result

    def round_array(self, array: np.ndarray) -> np.ndarray:
        """Return an array of float64 as a narrower port is given it: rounded once."""
        if array.dtype != np.float64 or self.dtype == "float64":
            return array
        return self.roundings.move(array, 1.0)


def flatten(value: Any) -> list[Any]:
    """Return what nested lists hold."""
    found: list[Any] = []
    map_leaves(found.append, list(value) if isinstance(value, list | tuple) else value)
    return found


def look_at(value: Any) -> np.ndarray | None:
    """Return a tensor's or variable's own memory as an array, a number as one; else None."""
    import tensorflow as tf

    if isinstance(value, tf.Variable):
        value = value.read_value() if value.dtype.is_floating else None
    if isinstance(value, float):
        return np.asarray(value)
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, tf.Tensor) or value.dtype in (tf.resource, tf.variant, tf.string):
        return None
    return np.asarray(memoryview(value))


def is_float(array: np.ndarray) -> bool:
    """Whether it holds numbers that are rounded."""
    return array.dtype.kind == "f"


def shares(values: np.ndarray, given: Sequence[np.ndarray | None]) -> bool:
    """Whether an output is an input's own memory."""
    return any(array is not None and np.may_share_memory(values, array) for array in given)


def open_for_writing(values: np.ndarray) -> np.ndarray:
    """Return the same memory, to be written to: nobody has seen this output yet."""
    import ctypes

    memory = memoryview((ctypes.c_char * values.nbytes).from_address(values.ctypes.data))
    return np.ndarray(values.shape, values.dtype, memory)


def repeat_on(
    operation: Operation,
    inputs: Sequence[Any],
    change: Callable[[np.ndarray], np.ndarray],
    only: int | None = None,
) -> np.ndarray:
    """Return what the operation gives for changed floating point inputs, or the one at a place."""
    import tensorflow as tf

    def put(value: Any) -> Any:
        array = look_at(value)
        if array is None or not is_float(array):
            return value
        return tf.constant(change(array).astype(array.dtype))

    new = [map_leaves(put, v) if only in (None, place) else v for place, v in enumerate(inputs)]
    result = operation.repeat(new)
    return np.asarray(look_at(result[0] if isinstance(result, list) else result))


def count_terms(operation: Operation, given: Sequence[np.ndarray | None]) -> float:
    """Return how many products are added for each element of what a product gives."""
    name, values = operation.name, operation.values
    shapes = [() if array is None else array.shape for array in given]
    if name.endswith("MatMul") or "MatMulV" in name:
        turned = values.get("transpose_a") or values.get("adj_x")
        return float(shapes[0][-2 if turned else -1])
    if name == "Einsum":
        return count_einsum(values["equation"], shapes)
    if "BackpropFilter" in name:
        return float(np.prod(shapes[2]) / shapes[2][-1])  # of images and places
    spatial = float(np.prod(shapes[1][:-2]))
    if name.startswith("Depthwise"):
        return spatial
    return spatial * float(shapes[1][-1 if "BackpropInput" in name else -2])


def count_einsum(equation: Any, shapes: Sequence[tuple[int, ...]]) -> float:
    """Return the product of the axes that an equation sums over.

    >>> count_einsum("abc,cd->abd", [(2, 3, 4), (4, 5)])
    4.0
    """
    text = equation.decode() if isinstance(equation, bytes) else equation
    left, right = text.replace("...", "").replace(" ", "").split("->")
    sizes: dict[str, int] = {}
    for letters, shape in zip(left.split(","), shapes, strict=True):
        if letters:
            sizes.update(zip(letters, shape[-len(letters) :], strict=True))
    return float(np.prod([size for letter, size in sizes.items() if letter not in right]))


def measure_mean(operation: Operation, inputs: Sequence[Any], values: np.ndarray) -> np.ndarray:
    """Return the error of sums, or means, of one of the inputs."""
    name, place = operation.name, SUMS[operation.name]
    squares = repeat_on(operation, inputs, np.square, place)
    if name not in MEANS:
        counts = repeat_on(operation, inputs, lambda x: (x != 0).astype(x.dtype), place)
        return np.asarray(measure_sum(squares, np.abs(values), counts, False))
    count = float(np.prod(operation.values["ksize"])) if "ksize" in operation.values else 0.0
    if not count:
        count = np.asarray(look_at(inputs[0])).size / values.size
    error = measure_sum(squares * count, np.abs(values) * count, count, False) / count
    return np.asarray(np.hypot(error, values))  # and of the division


def measure_softmax(floats: Sequence[np.ndarray], size: np.ndarray) -> np.ndarray:
    """Return the error of exp(x - max) over the sum of these."""
    x = floats[0]
    below = x - x.max(axis=-1, keepdims=True)
    count, exp = x.shape[-1], get_kappa(np.exp)
    total = (count + 1) * (np.sum(size**2, axis=-1, keepdims=True) / 6 + 1 / 3)
    return np.asarray(size * np.sqrt(below**2 + exp**2 + total + 1))


def measure_log_softmax(floats: Sequence[np.ndarray], size: np.ndarray) -> np.ndarray:
    """Return the error of x - max less the logarithm of the sum of exp(x - max)."""
    x = floats[0]
    below = x - x.max(axis=-1, keepdims=True)
    logs = get_kappa(np.log) * np.log(np.exp(below).sum(axis=-1, keepdims=True))
    total = (x.shape[-1] + 1) / 2 + get_kappa(np.exp) ** 2
    return np.asarray(np.sqrt(below**2 + total + logs**2 + size**2))


def measure_tanh_grad(floats: Sequence[np.ndarray], size: np.ndarray) -> np.ndarray:
    """Return the error of g (1 - y^2)."""
    y, upstream = floats
    return np.asarray(np.hypot(np.abs(upstream) * y**2, np.sqrt(2.0) * size))


SPECIAL: dict[str, Callable[[Sequence[np.ndarray], np.ndarray], np.ndarray]] = {
    "Softmax": measure_softmax,
    "LogSoftmax": measure_log_softmax,
    "TanhGrad": measure_tanh_grad,
}


def measure_error(
    operation: Operation,
    inputs: Sequence[Any],
    given: Sequence[np.ndarray | None],
    values: np.ndarray,
    place: int,
) -> tuple[Any, Any]:
    """Return an output's error in units of u, and where it is rounded though it looks exact.

    A number is a share of each value, an array absolute. place: which output it is.
    """
    name = operation.name
    floats = [array for array in given if array is not None and is_float(array)]
    if name in PRODUCTS:
        squares = repeat_on(operation, inputs, np.square)
        count = count_terms(operation, given)
        return measure_sum(squares, np.abs(values), count, True), squares > values**2
    if name in SUMS:
        # what is left of terms that cancel looks exact where the sums on the way were rounded
        return measure_mean(operation, inputs, values), True
    if name in SPECIAL:
        return SPECIAL[name](floats, np.abs(values)), False
    ufunc = ELEMENTWISE.get(name)
    if ufunc is None:
        return TENSORFLOW_KAPPAS.get(name, TENSORFLOW_KAPPAS["other"]), False
    plain = [np.asarray(array, values.dtype) for array in floats]
    if name == "BiasAdd" and operation.values.get("data_format") in ("NCHW", b"NCHW"):
        plain[1] = plain[1].reshape(-1, *[1] * (values.ndim - 2))
    inexact = find_inexact(ufunc, plain, values) if len(plain) == ufunc.nin else False
    return get_kappa(ufunc), inexact
