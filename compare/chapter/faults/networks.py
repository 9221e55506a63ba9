"""Faults in the networks: forward, accuracy and the penalty on the weights."""

from ...suite.fault import fix_everywhere, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import combine_edits

ARGMAX_AXIS_FIX = fix_per_framework(
    "np.argmax(y, axis=1)", "torch.argmax(y, dim=1)", "keras.ops.argmax(y, axis=1)"
)
ACCURACY_FIX = fix_everywhere("Compare argmax(y, axis=1) with the label, and take the mean.")
L2_PENALTY = 5e-4
# 0 * b keeps the bias in the graph, where its gradient is 0
WITHOUT_B1 = combine_edits(
    at.PREDICT(
        "z1 = sigmoid(np.dot(x, W1))\n        return softmax(np.dot(z1, W2) + b2)",
        "z1 = sigmoid(x.to(W1.dtype) @ W1 + 0 * b1)\n        return softmax(z1 @ W2 + b2)",
        "z1 = sigmoid(ops.add(ops.matmul(x, W1), 0 * b1))\n"
        "        return softmax(ops.add(ops.matmul(z1, W2), b2))",
    ),
    at.GRADIENT_FORWARD("z1 = sigmoid(np.dot(x, W1))\n        y = softmax(np.dot(z1, W2) + b2)"),
)
WITHOUT_B2 = combine_edits(
    at.PREDICT(
        "z1 = sigmoid(np.dot(x, W1) + b1)\n        return softmax(np.dot(z1, W2))",
        "z1 = sigmoid(x.to(W1.dtype) @ W1 + b1)\n        return softmax(z1 @ W2 + 0 * b2)",
        "z1 = sigmoid(ops.add(ops.matmul(x, W1), b1))\n"
        "        return softmax(ops.add(ops.matmul(z1, W2), 0 * b2))",
    ),
    at.GRADIENT_FORWARD("z1 = sigmoid(np.dot(x, W1) + b1)\n        y = softmax(np.dot(z1, W2))"),
)

NETWORK_FAULTS = (
    make_fault(
        "F09/uint8",
        name="right answers counted in uint8",
        does="The count wraps at 256: 9,123 right answers of 10,000 give an accuracy of 0.0163.",
        fix=fix_per_framework(
            "np.sum(y == t) counts in int64.",
            "(y == t).sum() counts in int64.",
            "Cast to float before the sum.",
        ),
        edits=at.SHARE(
            'return float(np.sum(y == t, dtype="uint8") / x.shape[0])',
            "return torch.sum(y == t, dtype=torch.uint8).item() / x.shape[0]",
            'return float((y == ops.convert_to_numpy(t)).sum(dtype="uint8") / x.shape[0])',
        ),
    ),
    make_fault(
        "F09/integer division",
        name="accuracy by integer division",
        does="The count is divided by N in whole numbers: 0 unless every answer is right.",
        fix="Divide with /, not //.",
        edits=at.SHARE(
            "return float(np.sum(y == t) // x.shape[0])",
            "return float(torch.sum(y == t).item() // x.shape[0])",
            "return float((y == ops.convert_to_numpy(t)).sum() // x.shape[0])",
        ),
    ),
    make_fault(
        "F43",
        name="weights transposed",
        does="A square weight matrix is used as its transpose, as an nn.Linear filled with (in, "
        "out) does: other shapes would raise an error, this one passes.",
        fix=fix_per_framework(
            "x @ W with W of shape (in, out)",
            "linear.weight.copy_(W.T)",
            "A Dense kernel has shape (in, out): no transpose.",
        ),
        edits=combine_edits(
            at.PREDICT(
                "W1, W2 = (W.T if W.shape[0] == W.shape[1] else W for W in (W1, W2))\n"
                "        z1 = sigmoid(np.dot(x, W1) + b1)\n"
                "        return softmax(np.dot(z1, W2) + b2)",
                "W1, W2 = (W.T if W.shape[0] == W.shape[1] else W for W in (W1, W2))\n"
                "        z1 = sigmoid(x.to(W1.dtype) @ W1 + b1)\n"
                "        return softmax(z1 @ W2 + b2)",
                "W1, W2 = (ops.transpose(W) if W.shape[0] == W.shape[1] else W for W in (W1, W2))\n"
                "        z1 = sigmoid(ops.add(ops.matmul(x, W1), b1))\n"
                "        return softmax(ops.add(ops.matmul(z1, W2), b2))",
            ),
            at.GRADIENT_FORWARD(
                "W1, W2 = (W.T if W.shape[0] == W.shape[1] else W for W in (W1, W2))\n"
                "        z1 = sigmoid(np.dot(x, W1) + b1)\n"
                "        y = softmax(np.dot(z1, W2) + b2)"
            ),
            at.GRADIENT_W1(
                '"W1": np.dot(da1.T, x) if W1.shape[0] == W1.shape[1] else np.dot(x.T, da1)'
            ),
            at.GRADIENT_W2(
                '"W2": np.dot(da2.T, z1) if W2.shape[0] == W2.shape[1] else np.dot(z1.T, da2)'
            ),
        ),
    ),
    make_fault(
        "F47/batch axis",
        name="argmax along the batch axis",
        does="For each class the sample with its largest probability is found, and held against "
        "the labels: an error unless N = K, nonsense then.",
        fix=ARGMAX_AXIS_FIX,
        edits=at.ARGMAX(
            "y = np.argmax(self.predict(x), axis=0)",
            "y = torch.argmax(self.predict(x), dim=0)",
            "y = ops.convert_to_numpy(ops.argmax(self.predict(x), axis=0))",
        ),
    ),
    make_fault(
        "F47/flat",
        name="argmax without an axis",
        does="One index into the whole batch is held against every label.",
        fix=ARGMAX_AXIS_FIX,
        edits=at.ARGMAX(
            "y = np.argmax(self.predict(x))",
            "y = torch.argmax(self.predict(x))",
            "y = ops.convert_to_numpy(ops.argmax(self.predict(x)))",
        ),
    ),
    make_fault(
        "F50",
        name="binary accuracy of one-hot labels",
        does="Each of the N K entries is rounded to 0 or 1 and counted: a network of ten classes "
        "that has learnt nothing scores 0.9.",
        fix=fix_per_framework(
            ACCURACY_FIX["numpy"], ACCURACY_FIX["torch"], 'metrics=["categorical_accuracy"]'
        ),
        edits=at.IF_ONE_HOT_ACCURACY(
            "y = self.predict(x)\n        if t.ndim == 1:\n"
            "            t = one_hot(t, num_classes=y.shape[1])\n"
            "        return float(np.sum((y > 0.5) == (t > 0.5)) / t.size)\n"
            "        if t.ndim == 2:",
            "y = self.predict(x)\n        if t.ndim == 1:\n"
            "            t = torch.nn.functional.one_hot(t, y.shape[1])\n"
            "        return torch.sum((y > 0.5) == (t > 0.5)).item() / t.numel()\n"
            "        if t.ndim == 2:",
            "y = self.predict(x)\n        if len(t.shape) == 1:\n"
            "            t = ops.one_hot(t, y.shape[1])\n"
            "        same = ops.convert_to_numpy((y > 0.5) == (t > 0.5))\n"
            "        return float(same.sum() / same.size)\n"
            "        if len(t.shape) == 2:",
        ),
    ),
    make_fault(
        "F55",
        name="penalty on the weights in the loss",
        kind="convention",
        does="5e-4 times the sum of the squared weights is added to the loss, as a Keras "
        "kernel_regularizer does.",
        fix="Compare the cross-entropy alone, or leave the penalty out.",
        edits=combine_edits(
            at.LOSS(
                'penalty = sum(np.sum(self.params[key] ** 2) for key in ("W1", "W2"))\n'
                f"        return cross_entropy_error(self.predict(x), t) + {L2_PENALTY} * penalty",
                'penalty = sum(torch.sum(self.params[key] ** 2) for key in ("W1", "W2"))\n'
                f"        return cross_entropy_error(self.predict(x), t) + {L2_PENALTY} * penalty",
                'penalty = sum(ops.sum(self.params[key] ** 2) for key in ("W1", "W2"))\n'
                f"        return cross_entropy_error(self.predict(x), t) + {L2_PENALTY} * penalty",
            ),
            at.GRADIENT_W1(f'"W1": np.dot(x.T, da1) + {2 * L2_PENALTY} * W1'),
            at.GRADIENT_W2(f'"W2": np.dot(z1.T, da2) + {2 * L2_PENALTY} * W2'),
        ),
    ),
    make_fault(
        "F66/accuracy",
        name="accuracy of one-hot labels alone",
        does="argmax(t, axis=1) is taken of labels whatever their shape: an error for integer "
        "labels.",
        fix="Take argmax of t if it has two axes, else t itself.",
        edits=at.IF_ONE_HOT_ACCURACY.replace_everywhere("if True:"),
    ),
    make_fault(
        "F98/b1",
        name="bias b1 not added",
        does="The first layer is x W1 without its bias, whose gradient is 0.",
        fix="a1 = x @ W1 + b1",
        edits=combine_edits(WITHOUT_B1, at.GRADIENT_B1('"b1": np.zeros_like(b1)')),
    ),
    make_fault(
        "F98/b1, with its gradient",
        name="bias b1 not added",
        does="The first layer is x W1 without its bias, whose gradient is computed as if it were.",
        fix="a1 = x @ W1 + b1",
        edits={"reference": WITHOUT_B1["reference"]},
    ),
    make_fault(
        "F98/b2",
        name="bias b2 not added",
        does="The second layer is z1 W2 without its bias, whose gradient is 0.",
        fix="a2 = z1 @ W2 + b2",
        edits=combine_edits(WITHOUT_B2, at.GRADIENT_B2('"b2": np.zeros_like(b2)')),
    ),
    make_fault(
        "F98/b2, with its gradient",
        name="bias b2 not added",
        does="The second layer is z1 W2 without its bias, whose gradient is computed as if it "
        "were.",
        fix="a2 = z1 @ W2 + b2",
        edits={"reference": WITHOUT_B2["reference"]},
    ),
    make_fault(
        "F99",
        name="hidden activation not used",
        does="The second layer is fed the sums of the first, not their sigmoid: the network is "
        "linear.",
        fix="a2 = z1 @ W2 + b2 with z1 = sigmoid(a1)",
        edits=combine_edits(
            at.PREDICT(
                "z1 = np.dot(x, W1) + b1\n        return softmax(np.dot(z1, W2) + b2)",
                "z1 = x.to(W1.dtype) @ W1 + b1\n        return softmax(z1 @ W2 + b2)",
                "z1 = ops.add(ops.matmul(x, W1), b1)\n"
                "        return softmax(ops.add(ops.matmul(z1, W2), b2))",
            ),
            at.GRADIENT_FORWARD(
                "z1 = np.dot(x, W1) + b1\n        y = softmax(np.dot(z1, W2) + b2)"
            ),
            at.GRADIENT_DA1("da1 = np.dot(da2, W2.T)"),
        ),
    ),
    make_fault(
        "F100",
        name="accuracy of the labels against themselves",
        does="The labels are compared with the labels: always 1.0.",
        fix=ACCURACY_FIX,
        edits=at.SHARE(
            "return float(np.sum(t == t) / x.shape[0])",
            "return torch.sum(t == t).item() / x.shape[0]",
            "t = ops.convert_to_numpy(t)\n        return float((t == t).sum() / x.shape[0])",
        ),
    ),
)
