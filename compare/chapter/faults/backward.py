"""Faults in a gradient that is written out by hand."""

from ...suite.fault import Edit, fix_everywhere, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import combine_edits

BIAS_GRADIENT_FIX = fix_everywhere('grads["b"] = da.sum(axis=0): one entry for each unit')
SIGMOID_DERIVATIVE_FIX = fix_everywhere(
    "Multiply by z1 * (1 - z1): the derivative in terms of the sigmoid."
)

BACKWARD_FAULTS = (
    make_fault(
        "F29/no sum",
        name="bias gradient not summed over the batch",
        does="The gradient of a bias is given sample by sample, of shape (N, units).",
        fix=BIAS_GRADIENT_FIX,
        edits=combine_edits(
            at.GRADIENT_B1(reference='"b1": da1'),
            at.GRADIENT_B2(reference='"b2": da2'),
        ),
    ),
    make_fault(
        "F29/scalar",
        name="bias gradient summed over everything",
        does="One number, the sum over samples and units, stands for the gradient of every bias: "
        "for b2 it is 0.",
        fix=BIAS_GRADIENT_FIX,
        edits=combine_edits(
            at.GRADIENT_B1(reference='"b1": np.sum(da1)'),
            at.GRADIENT_B2(reference='"b2": np.sum(da2)'),
        ),
    ),
    make_fault(
        "F29/scalar, every entry",
        name="bias gradient the same for every unit",
        does="The sum over samples and units is written into every entry of the gradient: for b2 "
        "it is 0.",
        fix=BIAS_GRADIENT_FIX,
        edits=combine_edits(
            at.GRADIENT_B1(reference='"b1": np.sum(da1) * np.ones_like(b1)'),
            at.GRADIENT_B2(reference='"b2": np.sum(da2) * np.ones_like(b2)'),
            at.AUTODIFF_RESULT(
                torch="result = dict(zip(leaves, grads, strict=True))\n"
                '        for key in ("b1", "b2"):\n'
                "            result[key] = torch.full_like(result[key], result[key].sum())\n"
                "        return result",
            ),
        ),
    ),
    make_fault(
        "F29/mean",
        name="bias gradient averaged once more",
        does="The gradient of the mean loss is averaged over the batch again for the biases: 1 / N "
        "of the right one, while the weights' is right.",
        fix=BIAS_GRADIENT_FIX,
        edits=combine_edits(
            at.GRADIENT_B1(reference='"b1": np.mean(da1, axis=0)'),
            at.GRADIENT_B2(reference='"b2": np.mean(da2, axis=0)'),
            at.AUTODIFF_RESULT(
                torch="result = dict(zip(leaves, grads, strict=True))\n"
                '        return result | {key: result[key] / x.shape[0] for key in ("b1", "b2")}',
                keras="grads = tape.gradient(loss, {key: p.value for key, p in "
                "self.params.items()})\n"
                '        return grads | {key: grads[key] / x.shape[0] for key in ("b1", "b2")}',
            ),
        ),
    ),
    make_fault(
        "F29/sum",
        name="bias gradient summed where the weights' is averaged",
        does="The gradient of the summed loss is divided by N for the weights alone: that of the "
        "biases is N times the right one.",
        fix="Divide by N once, before both: da2 = (...) / x.shape[0]",
        edits=combine_edits(
            at.GRADIENT_B1(reference='"b1": x.shape[0] * np.sum(da1, axis=0)'),
            at.GRADIENT_B2(reference='"b2": x.shape[0] * np.sum(da2, axis=0)'),
            at.AUTODIFF_RESULT(
                torch="result = dict(zip(leaves, grads, strict=True))\n"
                '        return result | {key: result[key] * x.shape[0] for key in ("b1", "b2")}',
                keras="grads = tape.gradient(loss, {key: p.value for key, p in "
                "self.params.items()})\n"
                '        return grads | {key: grads[key] * x.shape[0] for key in ("b1", "b2")}',
            ),
        ),
    ),
    make_fault(
        "F63/sigmoid twice",
        name="sigmoid's derivative of the sigmoid",
        does="sigmoid(z1) (1 - sigmoid(z1)) is taken, with z1 a sigmoid already: only W1 and b1 "
        "are wrong.",
        fix=SIGMOID_DERIVATIVE_FIX,
        edits=at.GRADIENT_DA1("da1 = np.dot(da2, W2.T) * sigmoid(z1) * (1.0 - sigmoid(z1))"),
    ),
    make_fault(
        "F63/sums",
        name="sigmoid's derivative of the sums",
        does="a1 (1 - a1) is taken, of the sums before the sigmoid: only W1 and b1 are wrong, and "
        "often in sign.",
        fix=SIGMOID_DERIVATIVE_FIX,
        edits=combine_edits(
            at.GRADIENT_FORWARD(
                "a1 = np.dot(x, W1) + b1\n        z1 = sigmoid(a1)\n"
                "        y = softmax(np.dot(z1, W2) + b2)"
            ),
            at.GRADIENT_DA1("da1 = np.dot(da2, W2.T) * a1 * (1.0 - a1)"),
        ),
    ),
    make_fault(
        "F63/omitted",
        name="sigmoid's derivative left out",
        does="The factor z1 (1 - z1) is missing: W1 and b1 get a gradient at least four times too "
        "large.",
        fix=SIGMOID_DERIVATIVE_FIX,
        edits=at.GRADIENT_DA1("da1 = np.dot(da2, W2.T)"),
    ),
    make_fault(
        "F77",
        name="gradient (y - t) / N",
        kind="convention",
        does="The shortcut of the book's next chapter is the derivative of -log(y), without the "
        "1e-7: off by 1e-7 / y relative to the chapter's loss, half at y = 1e-7.",
        fix=fix_per_framework(
            "(y - t) * y_c / (y_c + 1e-7) / N, with y_c the true class's probability",
            "Differentiate the loss with its 1e-7, not cross_entropy(scores).",
            "Differentiate the loss with its 1e-7, not one from_logits.",
        ),
        edits=combine_edits(
            at.GRADIENT_R("r = t"),
            at.AUTODIFF(
                torch="torch.autograd.grad(torch.nn.functional.cross_entropy("
                "torch.sigmoid(x @ leaves['W1'] + leaves['b1']) @ leaves['W2'] + leaves['b2'], "
                "t if t.ndim == 1 else t.argmax(dim=1)), list(leaves.values()))",
                keras="W1, b1, W2, b2 = (self.params[key] for key in ('W1', 'b1', 'W2', 'b2'))\n"
                "            a2 = ops.matmul(sigmoid(ops.matmul(x, W1) + b1), W2) + b2\n"
                "            hot = t if len(t.shape) == 2 else ops.one_hot(t, a2.shape[1])\n"
                "            loss = ops.mean(ops.categorical_crossentropy(\n"
                "                ops.cast(hot, a2.dtype), a2, from_logits=True))",
            ),
        ),
    ),
    make_fault(
        "F77/of the log",
        name="gradient of log(y) without its epsilon",
        kind="convention",
        does="The derivative of -log(y) taken through y itself: (y - t) / N as long as y is not 0, "
        "and NaN once it is.",
        fix=fix_per_framework(
            "(y - t) * y_c / (y_c + 1e-7) / N, with y_c the true class's probability",
            "Differentiate the loss with its 1e-7: torch.log(y + 1e-7).",
            "Differentiate the loss with its 1e-7: ops.log(y + 1e-7).",
        ),
        edits=combine_edits(
            at.GRADIENT_R("r = t * y / y"),
            at.AUTODIFF(
                torch="torch.autograd.grad(torch.nn.functional.nll_loss(torch.log(net.predict(x)), "
                "t if t.ndim == 1 else t.argmax(dim=1)), list(leaves.values()))",
                keras="y = self.predict(x)\n"
                "            hot = t if len(t.shape) == 2 else ops.one_hot(t, y.shape[1])\n"
                "            loss = -ops.mean(ops.sum(ops.cast(hot, y.dtype) * ops.log(y), 1))",
            ),
        ),
    ),
    make_fault(
        "F97/numerical",
        name="numerical gradient stored under another key",
        does="numerical_gradient gives the gradient of b1 as that of b2.",
        fix='grads["b2"] = numerical_gradient(loss_W, self.params["b2"])',
        edits={
            "reference": (
                Edit(
                    "networks.py",
                    "return {key: numerical_gradient(loss_W, W) for key, W in self.params.items()}",
                    "grads = {key: numerical_gradient(loss_W, W) for key, W in "
                    'self.params.items()}\n        return grads | {"b2": grads["b1"]}',
                ),
            )
        },
    ),
    make_fault(
        "F97",
        name="gradient stored under another key",
        does='grads["b2"] holds the gradient of b1: an error where the shapes differ, a wrong '
        "update where they agree.",
        fix='grads["b2"] = da2.sum(axis=0)',
        edits=combine_edits(
            at.GRADIENT_B2(reference='"b2": np.sum(da1, axis=0)'),
            at.AUTODIFF_RESULT(
                torch="result = dict(zip(leaves, grads, strict=True))\n"
                '        return result | {"b2": result["b1"]}',
                keras="grads = tape.gradient(loss, {key: p.value for key, p in "
                "self.params.items()})\n"
                '        return grads | {"b2": grads["b1"]}',
            ),
        ),
    ),
    make_fault(
        "F102/detached",
        name="loss computed in NumPy",
        does="The probabilities leave the graph through numpy(): the value is right, and autograd "
        "has nothing to differentiate.",
        fix=fix_per_framework(
            "Nothing to mend here.",
            "Stay with torch's functions, without detach().numpy().",
            "Stay with keras.ops inside the tape.",
        ),
        edits=at.ENTROPY_ONE_HOT(
            torch="y = torch.from_numpy(y.detach().numpy())\n"
            "        return -torch.sum(t * torch.log(y + DELTA)) / batch_size",
            keras="y = ops.convert_to_tensor(y.numpy())\n"
            "        return -ops.sum(t * ops.log(y + DELTA)) / batch_size",
        ),
        hypothesis=False,
    ),
)
