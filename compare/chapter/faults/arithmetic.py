"""The same formulas in a coarser arithmetic, or with sums in another order."""

from ...suite.fault import NO_FIX_NEEDED, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import PackageEdits, combine_edits

TF32_NUMPY = (
    "def tf32(v):  # ten of the 23 bits after the point, rounded to the nearest\n"
    "            if v.dtype != np.float32:\n"
    "                return v\n"
    "            bits = v.view(np.uint32) + np.uint32(0x1000) & np.uint32(0xFFFFE000)\n"
    "            return bits.view(np.float32)\n\n        "
)
TF32_TORCH = (
    "def tf32(v):  # ten of the 23 bits after the point, rounded to the nearest\n"
    "            if v.dtype != torch.float32:\n"
    "                return v\n"
    "            bits = (v.detach().contiguous().view(torch.int32) + 0x1000) & -0x2000\n"
    "            return v + (bits.view(torch.float32) - v.detach())\n\n        "
)
TF32_KERAS = (
    "def tf32(v):  # ten of the 23 bits after the point, rounded to the nearest\n"
    "            v = tf.convert_to_tensor(v)\n"
    "            if v.dtype != tf.float32:\n"
    "                return v\n"
    "            bits = tf.bitwise.bitwise_and(tf.bitcast(v, tf.int32) + 0x1000, -0x2000)\n"
    "            return v + tf.stop_gradient(tf.bitcast(bits, tf.float32) - v)\n\n        "
)


def build_matmul_edits(of: str, numpy: str, torch: str, keras: str) -> PackageEdits:
    """Both products of matrices with their factors passed through a function `of`."""
    first = numpy + f"z1 = sigmoid(np.dot({of}(x), {of}(W1)) + b1)\n        "
    return combine_edits(
        at.PREDICT(
            first + f"return softmax(np.dot({of}(z1), {of}(W2)) + b2)",
            torch + f"z1 = sigmoid({of}(x.to(W1.dtype)) @ {of}(W1) + b1)\n        "
            f"return softmax({of}(z1) @ {of}(W2) + b2)",
            keras + f"z1 = sigmoid(ops.add(ops.matmul({of}(x), {of}(W1)), b1))\n        "
            f"return softmax(ops.add(ops.matmul({of}(z1), {of}(W2)), b2))",
        ),
        at.GRADIENT_FORWARD(first + f"y = softmax(np.dot({of}(z1), {of}(W2)) + b2)"),
    )


ARITHMETIC_FAULTS = (
    make_fault(
        "F11",
        name="TF32 products of matrices",
        kind="convention",
        does="The factors of each product are rounded to ten bits after the point, as a GPU does "
        "with float32 where TF32 is allowed: 3e-4 off instead of 1e-7.",
        fix=fix_per_framework(
            "Nothing to mend here.",
            'torch.set_float32_matmul_precision("highest")',
            "tf.config.experimental.enable_tensor_float_32_execution(False)",
        ),
        edits=build_matmul_edits("tf32", TF32_NUMPY, TF32_TORCH, TF32_KERAS),
        dtypes=("float32",),
        hypothesis=False,
    ),
    make_fault(
        "F23",
        name="sums in another order",
        kind="benign",
        does="The loss is summed from the last sample to the first, and products of matrices one "
        "column of the data after the other.",
        fix=NO_FIX_NEEDED,
        edits=combine_edits(
            at.ENTROPY_ONE_HOT(
                "return -np.sum((t * np.log(y + DELTA))[::-1, ::-1]) / batch_size",
                "return -torch.sum((t * torch.log(y + DELTA)).flip(0, 1)) / batch_size",
                "return -ops.sum(ops.flip(ops.multiply(t, log_y))) / batch_size",
            ),
            at.PREDICT(
                "a1 = sum(x[..., d, None] * W1[d] for d in range(W1.shape[0]))\n"
                "        z1 = sigmoid(a1 + b1)\n"
                "        return softmax(np.dot(z1, W2) + b2)",
                "x = x.to(W1.dtype)\n"
                "        a1 = sum(x[..., d, None] * W1[d] for d in range(W1.shape[0]))\n"
                "        z1 = sigmoid(a1 + b1)\n"
                "        return softmax(z1 @ W2 + b2)",
            ),
        ),
    ),
    make_fault(
        "F33",
        name="float32 inside a float64 port",
        kind="convention",
        does="The network computes in float32, its framework's default, though it is given "
        "float64.",
        fix=fix_per_framework(
            "Leave astype(np.float32) out.",
            "torch.set_default_dtype(torch.float64), or net.double()",
            'keras.config.set_floatx("float64")',
        ),
        edits=at.PREDICT(
            "x, W1, b1, W2, b2 = (v.astype(np.float32) for v in (x, W1, b1, W2, b2))\n"
            "        z1 = sigmoid(np.dot(x, W1) + b1)\n"
            "        return softmax(np.dot(z1, W2) + b2)",
            "x, W1, b1, W2, b2 = (v.float() for v in (x, W1, b1, W2, b2))\n"
            "        z1 = sigmoid(x @ W1 + b1)\n"
            "        return softmax(z1 @ W2 + b2)",
            'x, W1, b1, W2, b2 = (ops.cast(v, "float32") for v in (x, W1, b1, W2, b2))\n'
            "        z1 = sigmoid(ops.add(ops.matmul(x, W1), b1))\n"
            "        return softmax(ops.add(ops.matmul(z1, W2), b2))",
        ),
        dtypes=("float64",),
        hypothesis=False,
    ),
    make_fault(
        "F46",
        name="difference quotient of float32 values",
        does="f(x + h) and f(x - h) are rounded to float32 before they are subtracted: with "
        "h = 1e-4 the gradient carries noise of 1e-2.",
        fix=fix_per_framework(
            "Compute the numerical gradient in float64.",
            "x.double() before numerical_gradient",
            'Variables of dtype "float64" before numerical_gradient',
        ),
        edits=at.QUOTIENT(
            "grad[idx] = (np.float32(fxh1) - np.float32(fxh2)) / (2 * H)",
            "grad[idx] = (fxh1.float() - fxh2.float()) / (2 * H)",
            "grad[idx] = (np.float32(fxh1) - np.float32(fxh2)) / (2 * H)",
        ),
        dtypes=("float64",),
        hypothesis=False,
        plain=True,
    ),
)
