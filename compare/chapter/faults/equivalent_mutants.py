"""Right forms that differ in everything but meaning: none may ever be flagged."""

from ...suite.fault import NO_FIX_NEEDED, Fault
from . import patch_points as at
from .patch_points import PackageEdits, combine_edits


def make_equivalent_mutant(
    number: int, name: str, does: str, edits: PackageEdits, hypothesis: bool = True
) -> Fault:
    """Make a change that changes nothing."""
    return Fault(f"R{number:02}", name, "benign", does, NO_FIX_NEEDED, edits, hypothesis=hypothesis)


def build_affine_edits(
    first: str, second: str, torch: tuple[str, str], keras: tuple[str, str]
) -> PackageEdits:
    """Both sums of the forward pass, x W1 + b1 and z1 W2 + b2, written otherwise."""
    return combine_edits(
        at.PREDICT(
            f"z1 = sigmoid({first})\n        return softmax({second})",
            f"x = x.to(W1.dtype)\n        z1 = sigmoid({torch[0]})\n        "
            f"return softmax({torch[1]})",
            f"x = ops.convert_to_tensor(x)\n        z1 = sigmoid({keras[0]})\n        "
            f"return softmax({keras[1]})",
        ),
        at.GRADIENT_FORWARD(f"z1 = sigmoid({first})\n        y = softmax({second})"),
    )


EQUIVALENT_MUTANTS = (
    make_equivalent_mutant(
        1,
        "softmax as exp of log-softmax",
        "exp(x - max - log(sum(exp(x - max)))); the loss is then log(exp(.) + 1e-7).",
        at.SOFTMAX(
            "x = x - np.max(x, axis=-1, keepdims=True)\n"
            "    return np.exp(x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True)))",
            "return torch.exp(torch.log_softmax(x, dim=-1))",
            "return ops.exp(ops.log_softmax(x, axis=-1))",
        ),
    ),
    make_equivalent_mutant(
        2,
        "sum of squares as a product of a vector with itself",
        "d is flattened and multiplied by itself.",
        at.SQUARES(
            "d = (y - t).reshape(-1)\n    return np.dot(d, d) / 2",
            "d = (y - t).reshape(-1)\n    return torch.dot(d, d) / 2",
            "d = ops.reshape(ops.subtract(y, t), (-1,))\n    return ops.dot(d, d) / 2",
        ),
    ),
    make_equivalent_mutant(
        3,
        "cross-entropy in a loop over samples",
        "One sample's loss is added after the other.",
        combine_edits(
            at.ENTROPY_ONE_HOT(
                "total = 0.0\n        for n in range(batch_size):\n"
                "            total = total - np.sum(t[n] * np.log(y[n] + DELTA))\n"
                "        return total / batch_size",
                "total = 0.0\n        for n in range(batch_size):\n"
                "            total = total - torch.sum(t[n] * torch.log(y[n] + DELTA))\n"
                "        return total / batch_size",
                "total = 0.0\n        for n in range(batch_size):\n"
                "            total = total - ops.sum(ops.multiply(t[n], log_y[n]))\n"
                "        return total / batch_size",
            ),
            at.ENTROPY_LABELS(
                "total = 0.0\n    for n in range(batch_size):\n"
                "        total = total - np.log(y[n, int(t[n])] + DELTA)\n"
                "    return total / batch_size",
                "total = 0.0\n    for n in range(batch_size):\n"
                "        total = total - torch.log(y[n, int(t[n])] + DELTA)\n"
                "    return total / batch_size",
            ),
        ),
    ),
    make_equivalent_mutant(
        4,
        "cross-entropy by math.fsum",
        "The terms are added without any rounding.",
        at.ENTROPY_ONE_HOT(
            "terms = (t * np.log(y + DELTA)).reshape(-1).tolist()\n"
            '        return -__import__("math").fsum(terms) / batch_size'
        ),
        hypothesis=False,
    ),
    make_equivalent_mutant(
        5,
        "products of matrices by einsum",
        "The indices are written out.",
        build_affine_edits(
            'np.einsum("...d,dh->...h", x, W1) + b1',
            'np.einsum("...h,hk->...k", z1, W2) + b2',
            (
                'torch.einsum("...d,dh->...h", x, W1) + b1',
                'torch.einsum("...h,hk->...k", z1, W2) + b2',
            ),
            (
                'ops.einsum("...d,dh->...h", x, W1) + b1',
                'ops.einsum("...h,hk->...k", z1, W2) + b2',
            ),
        ),
        hypothesis=False,
    ),
    make_equivalent_mutant(
        6,
        "products of matrices transposed",
        "(W^T x^T)^T stands for x W, as with weights stored as (out, in).",
        build_affine_edits(
            "np.dot(W1.T, x.T).T + b1",
            "np.dot(W2.T, z1.T).T + b2",
            ("torch.nn.functional.linear(x, W1.T, b1)", "torch.nn.functional.linear(z1, W2.T, b2)"),
            (
                "ops.transpose(ops.matmul(ops.transpose(W1), ops.transpose(x))) + b1",
                "ops.transpose(ops.matmul(ops.transpose(W2), ops.transpose(z1))) + b2",
            ),
        ),
    ),
    make_equivalent_mutant(
        7,
        "sigmoid in two branches",
        "1 / (1 + exp(-x)) where x is positive, exp(x) / (1 + exp(x)) where it is not.",
        at.SIGMOID(
            "low = np.exp(np.minimum(x, 0.0))\n"
            "    high = np.exp(-np.maximum(x, 0.0))\n"
            "    return np.where(x > 0, 1.0 / (1.0 + high), low / (1.0 + low))",
            "low, high = torch.exp(torch.clamp(x, max=0)), torch.exp(-torch.clamp(x, min=0))\n"
            "    return torch.where(x > 0, 1 / (1 + high), low / (1 + low))",
            "low, high = ops.exp(ops.minimum(x, 0.0)), ops.exp(-ops.maximum(x, 0.0))\n"
            "    return ops.where(x > 0, 1 / (1 + high), low / (1 + low))",
        ),
    ),
    make_equivalent_mutant(
        8,
        "gradient's entries in the opposite order",
        "The loop over entries runs from the last to the first.",
        at.INDICES(
            "for idx in reversed(list(np.ndindex(x.shape))):",
            "for idx in reversed(list(product(*map(range, x.shape)))):",
            "for idx in reversed(list(np.ndindex(values.shape))):",
        ),
    ),
    make_equivalent_mutant(
        9,
        "mean of the samples' losses",
        "Each sample's loss is summed over the classes; their mean is the loss.",
        at.ENTROPY_ONE_HOT(
            "return np.mean(-np.sum(t * np.log(y + DELTA), axis=1))",
            "return torch.mean(-torch.sum(t * torch.log(y + DELTA), dim=1))",
            "return ops.mean(-ops.sum(ops.multiply(t, log_y), axis=1))",
        ),
    ),
    make_equivalent_mutant(
        10,
        "weight gradients in a loop over samples",
        "The outer products of each sample are added up.",
        combine_edits(
            at.GRADIENT_W1('"W1": sum(x[n].reshape(-1, 1) * da1[n] for n in range(x.shape[0]))'),
            at.GRADIENT_W2('"W2": sum(z1[n].reshape(-1, 1) * da2[n] for n in range(x.shape[0]))'),
        ),
    ),
    make_equivalent_mutant(
        11,
        "update out of place",
        "Each step makes new arrays.",
        at.UPDATE(
            "network.params[key] = network.params[key] - learning_rate * grad[key]",
            "network.params[key] = network.params[key] - learning_rate * grad[key]",
            "network.params[key].assign(network.params[key] - learning_rate * grad[key])",
        ),
    ),
    make_equivalent_mutant(
        12,
        "factors (y - t) and y / (y + 1e-7)",
        "The gradient of the scores is (y - t) y_c / (y_c + 1e-7) / N, as the design states it.",
        at.GRADIENT_DA2("da2 = (y - t) * np.sum(r, axis=1, keepdims=True) / x.shape[0]"),
    ),
    make_equivalent_mutant(
        13,
        "float64 accumulators",
        "The loss is added up in float64 and rounded at the end.",
        at.ENTROPY_ONE_HOT(
            "total = np.sum(t * np.log(y + DELTA), dtype=np.float64)\n"
            "        return (-total / batch_size).astype(y.dtype)",
            "total = torch.sum(t * torch.log(y + DELTA), dtype=torch.float64)\n"
            "        return (-total / batch_size).to(y.dtype)",
            'total = ops.sum(ops.cast(ops.multiply(t, log_y), "float64"))\n'
            "        return ops.cast(-total / batch_size, y.dtype)",
        ),
        hypothesis=False,
    ),
    make_equivalent_mutant(
        14,
        "products of matrices in two blocks",
        "The inner dimension is cut in two and the halves are added.",
        at.PREDICT(
            "half = W1.shape[0] // 2\n"
            "        a1 = np.dot(x[..., :half], W1[:half]) + np.dot(x[..., half:], W1[half:])\n"
            "        z1 = sigmoid(a1 + b1)\n"
            "        return softmax(np.dot(z1, W2) + b2)",
            "x, half = x.to(W1.dtype), W1.shape[0] // 2\n"
            "        z1 = sigmoid(x[..., :half] @ W1[:half] + x[..., half:] @ W1[half:] + b1)\n"
            "        return softmax(z1 @ W2 + b2)",
        ),
    ),
    make_equivalent_mutant(
        15,
        "accuracy as a mean",
        "The mean of the comparisons is taken.",
        at.SHARE(
            "return float(np.mean(y == t))",
            "return (y == t).double().mean().item()",
            "return float((y == ops.convert_to_numpy(t)).mean())",
        ),
    ),
    make_equivalent_mutant(
        16,
        "loss of the scores",
        "The log-softmax is taken of the scores, and the 1e-7 added to its exp: no probability is "
        "ever divided.",
        at.LOSS(
            'W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))\n'
            "        a2 = np.dot(sigmoid(np.dot(x, W1) + b1), W2) + b2\n"
            "        a2 = a2 - np.max(a2, axis=-1, keepdims=True)\n"
            "        log_y = a2 - np.log(np.sum(np.exp(a2), axis=-1, keepdims=True))\n"
            "        return cross_entropy_error(np.exp(log_y), t)"
        ),
    ),
    make_equivalent_mutant(
        17,
        "quotient by a reciprocal",
        "The difference is multiplied by 1 / (2 h).",
        at.QUOTIENT.replace_everywhere("grad[idx] = (fxh1 - fxh2) * (1 / (2 * H))"),
    ),
)
