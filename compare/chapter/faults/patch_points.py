"""The passages of the three packages that faults change, each named once.

When a source file moves on, its passage moves here and every fault that changes it follows. A
passage must stand in its file exactly once.

>>> edits = combine_edits(DELTA.replace_everywhere("DELTA = 1e-8"), GRADIENT_R(reference="r = t"))
>>> {package: [edit.new for edit in changes] for package, changes in edits.items()}
{'reference': ['DELTA = 1e-8', 'r = t'], 'torch_impl': ['DELTA = 1e-8'], 'keras_impl': \
['DELTA = 1e-8']}
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ...suite.fault import Edit

PackageEdits = Mapping[str, tuple[Edit, ...]]


@dataclass(frozen=True)
class PatchPoint:
    """One passage, as it reads in each package; "" where a package has no such passage."""

    file: str
    reference: str = ""
    torch: str = ""
    keras: str = ""

    def __call__(
        self, reference: str | None = None, torch: str | None = None, keras: str | None = None
    ) -> PackageEdits:
        """Return the edits that put these texts there; None leaves a package as it is."""
        passages = (
            ("reference", self.reference, reference),
            ("torch_impl", self.torch, torch),
            ("keras_impl", self.keras, keras),
        )
        return {
            package: (Edit(self.file, old, new),)
            for package, old, new in passages
            if new is not None
        }

    def replace_everywhere(self, new: str) -> PackageEdits:
        """Return the edits that put one text there in every package."""
        return self(new, new, new)


def combine_edits(*changes: PackageEdits) -> PackageEdits:
    """Several edits as one change."""
    packages = dict.fromkeys(package for change in changes for package in change)
    return {
        package: tuple(edit for change in changes for edit in change.get(package, ()))
        for package in packages
    }


# ---- activations.py

SIGMOID = PatchPoint(
    "activations.py",
    "e = np.exp(-np.abs(x))\n    return np.where(x >= 0, 1.0, e) / (1.0 + e)",
    "return torch.sigmoid(x)",
    "return ops.sigmoid(x)",
)
SOFTMAX = PatchPoint(
    "activations.py",
    "e = np.exp(x - np.max(x, axis=-1, keepdims=True))\n"
    "    return e / np.sum(e, axis=-1, keepdims=True)",
    "return torch.softmax(x, dim=-1)",
    "return ops.softmax(x, axis=-1)",
)

# ---- losses.py

DELTA = PatchPoint("losses.py", *3 * ["DELTA = 1e-7"])
SQUARES = PatchPoint(
    "losses.py",
    "return 0.5 * np.sum((y - t) ** 2)",
    "return 0.5 * torch.sum((y - t) ** 2)",
    "return ops.multiply(0.5, ops.sum(ops.square(ops.subtract(y, t))))",
)
ONE_SAMPLE = PatchPoint("losses.py", "if y.ndim == 1:", "if y.ndim == 1:", "if len(y.shape) == 1:")
BATCH_SIZE = PatchPoint("losses.py", *3 * ["batch_size = y.shape[0]"])
IF_ONE_HOT = PatchPoint("losses.py", *3 * ["if t.shape == y.shape:"])
ENTROPY_ONE_HOT = PatchPoint(
    "losses.py",
    "return -np.sum(t * np.log(y + DELTA)) / batch_size",
    "return torch.sum(t * torch.log(y + DELTA)) / -batch_size",
    "return -ops.sum(ops.multiply(t, log_y)) / batch_size",
)
ENTROPY_LABELS = PatchPoint(
    "losses.py",
    "return -np.sum(np.log(y[np.arange(batch_size), t] + DELTA)) / batch_size",
    "return -torch.sum(torch.log(y[rows, t.long()] + DELTA)) / batch_size",
    "return -ops.sum(ops.take_along_axis(log_y, columns, axis=1)) / batch_size",
)
LOG = PatchPoint("losses.py", keras="log_y = ops.log(ops.add(y, DELTA))")
LABELS_CHECK = PatchPoint("losses.py", *3 * ["check_labels(t, batch_size, num_classes=y.shape[1])"])

# ---- gradients.py

H = PatchPoint("gradients.py", *3 * ["H = 1e-4"])
DIFF = PatchPoint("gradients.py", *3 * ["return (f(x + H) - f(x - H)) / (2 * H)"])
QUOTIENT = PatchPoint("gradients.py", *3 * ["grad[idx] = (fxh1 - fxh2) / (2 * H)"])
FLOAT_CHECK = PatchPoint(
    "gradients.py",
    "if not np.issubdtype(x.dtype, np.floating):",
    "if not x.is_floating_point():",
    "if not keras.backend.is_float_dtype(dtype):",
)
INDICES = PatchPoint(
    "gradients.py",
    "for idx in np.ndindex(x.shape):",
    "for idx in product(*map(range, x.shape)):",
    "for idx in np.ndindex(values.shape):",
)
ZEROS = PatchPoint(
    "gradients.py",
    "grad = np.zeros_like(x)",
    "grad = torch.zeros_like(x)",
    'assign = getattr(x, "assign", None)',
)
SAVED = PatchPoint("gradients.py", "tmp_val = x[idx]\n", "tmp_val = x[idx].clone()")
MOVED_BACK = PatchPoint(
    "gradients.py", "x[idx] = tmp_val - H", "x[idx] = tmp_val - H", "f_at(idx, values[idx] - H)"
)
BOTH_VALUES = PatchPoint(
    "gradients.py",
    "x[idx] = tmp_val + H\n            fxh1 = f(x)\n"
    "            x[idx] = tmp_val - H\n            fxh2 = f(x)",
    "x[idx] = tmp_val + H\n                fxh1 = f(x)\n"
    "                x[idx] = tmp_val - H\n                fxh2 = f(x)",
    "moved[idx] = value",
)
RESTORED = PatchPoint(
    "gradients.py",
    "finally:\n            x[idx] = tmp_val",
    "finally:\n                x[idx] = tmp_val",
)
RETURN_GRADIENT = PatchPoint(
    "gradients.py",
    "/ (2 * H)\n    return grad",
    "/ (2 * H)\n    return grad",
    "/ (2 * H)\n    finally:",
)
START = PatchPoint("gradients.py", "x = init_x.copy()", "x = init_x.detach().clone()")

# ---- networks.py

INITIAL_W1 = PatchPoint(
    "networks.py",
    "weight_init_std * rng.randn(input_size, hidden_size)",
    "weight_init_std * torch.randn(input_size, hidden_size, generator=rng)",
    "weight_init_std * keras.random.normal((input_size, hidden_size), seed=rng)",
)
INITIAL_W2 = PatchPoint(
    "networks.py",
    "weight_init_std * rng.randn(hidden_size, output_size)",
    "weight_init_std * torch.randn(hidden_size, output_size, generator=rng)",
    "weight_init_std * keras.random.normal((hidden_size, output_size), seed=rng)",
)
INITIAL_B1 = PatchPoint(
    "networks.py", "np.zeros(hidden_size)", "torch.zeros(hidden_size)", "ops.zeros(hidden_size)"
)
INITIAL_B2 = PatchPoint(
    "networks.py", "np.zeros(output_size)", "torch.zeros(output_size)", "ops.zeros(output_size)"
)
LOSS_SIMPLE = PatchPoint(
    "networks.py", *3 * ["return cross_entropy_error(softmax(self.predict(x)), t)"]
)
LOSS = PatchPoint("networks.py", *3 * ["return cross_entropy_error(self.predict(x), t)"])
PREDICT = PatchPoint(
    "networks.py",
    "z1 = sigmoid(np.dot(x, W1) + b1)\n        return softmax(np.dot(z1, W2) + b2)",
    "z1 = sigmoid(_affine(x.to(W1.dtype), W1, b1))\n        return softmax(_affine(z1, W2, b2))",
    "z1 = sigmoid(ops.add(ops.matmul(x, W1), b1))\n"
    "        return softmax(ops.add(ops.matmul(z1, W2), b2))",
)
ARGMAX = PatchPoint(
    "networks.py",
    "y = np.argmax(self.predict(x), axis=1)",
    "y = torch.argmax(self.predict(x), dim=1)",
    "y = ops.convert_to_numpy(ops.argmax(self.predict(x), axis=1))",
)
IF_ONE_HOT_ACCURACY = PatchPoint(
    "networks.py", "if t.ndim == 2:", "if t.ndim == 2:", "if len(t.shape) == 2:"
)
SHARE = PatchPoint(
    "networks.py",
    "return float(np.sum(y == t) / x.shape[0])",
    "return torch.sum(y == t).item() / x.shape[0]",
    "return float((y == ops.convert_to_numpy(t)).sum() / x.shape[0])",
)
GRADIENT_LABELS = PatchPoint("networks.py", "t = one_hot(t, num_classes=W2.shape[1])")
GRADIENT_FORWARD = PatchPoint(
    "networks.py",
    "z1 = sigmoid(np.dot(x, W1) + b1)\n        y = softmax(np.dot(z1, W2) + b2)",
)
GRADIENT_R = PatchPoint("networks.py", "r = t * y / (y + DELTA)")
GRADIENT_DA2 = PatchPoint(
    "networks.py", "da2 = (y * np.sum(r, axis=1, keepdims=True) - r) / x.shape[0]"
)
GRADIENT_DA1 = PatchPoint("networks.py", "da1 = np.dot(da2, W2.T) * z1 * (1.0 - z1)")
GRADIENT_W1 = PatchPoint("networks.py", '"W1": np.dot(x.T, da1)')
GRADIENT_B1 = PatchPoint("networks.py", '"b1": np.sum(da1, axis=0)')
GRADIENT_W2 = PatchPoint("networks.py", '"W2": np.dot(z1.T, da2)')
GRADIENT_B2 = PatchPoint("networks.py", '"b2": np.sum(da2, axis=0)')
AUTODIFF = PatchPoint(
    "networks.py",
    torch="torch.autograd.grad(net.loss(x, t), list(leaves.values()))",
    keras="loss = self.loss(x, t)",
)
AUTODIFF_RESULT = PatchPoint(
    "networks.py",
    torch="return dict(zip(leaves, grads, strict=True))",
    keras="return tape.gradient(loss, {key: p.value for key, p in self.params.items()})",
)

# ---- mnist.py

PIXELS = PatchPoint(
    "mnist.py",
    "np.divide(x, 255, dtype=np.float32)",
    "x.to(torch.float32).div_(255)",
    'ops.cast(x, "float32") / 255',
)
ROWS = PatchPoint(
    "mnist.py",
    "x = x.reshape(-1, 784) if flatten",
    "x = torch.tensor(x).reshape(",
    "x = ops.reshape(x, (",
)
ONE_HOT_LABELS = PatchPoint(
    "mnist.py",
    "one_hot(t).astype(np.float32)",
    "one_hot(t).to(torch.float32)",
    'ops.cast(one_hot(t), "float32")',
)
LABELS = PatchPoint("mnist.py", "else t.astype(np.int64)", "else t\n", 'else ops.cast(t, "int64")')
TEST_SET = PatchPoint("mnist.py", *3 * ["(images(mnist.x_test), labels(mnist.t_test))"])
ONE_HOT = PatchPoint(
    "mnist.py",
    "return np.eye(num_classes)[t]",
    "return functional.one_hot(t.to(torch.int64), num_classes).to(torch.float64)",
    "pd.Categorical(ops.convert_to_numpy(t), categories=range(num_classes))",
)
MASKS = PatchPoint(
    "mnist.py",
    "return rng.choice(train_size, (iters_num, batch_size))",
    "return torch.randint(train_size, (iters_num, batch_size), generator=random_state(seed))",
    'return keras.random.randint(shape, 0, train_size, dtype="int64", seed=rng)',
)

# ---- training.py

TRAINING_DOCSTRING = PatchPoint(
    "training.py", '"""Mini-batch training (sections 4.5.2 and 4.5.3)."""'
)
EPOCH = PatchPoint(
    "training.py",
    "max(x_train.shape[0] // batch_masks.shape[1], 1)",
    "max(x_train.shape[0] // batch_masks.shape[1], 1)",
    "max(x_train.shape[0] // masks.shape[1], 1)",
)
BEFORE_LOOP = PatchPoint("training.py", "kept = {}", "kept = {}", "@tf.function(input_signature")
BATCH = PatchPoint(
    "training.py",
    "x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]",
    "x_batch, t_batch = x_train.index_select(0, batch_mask), t_train.index_select(0, batch_mask)",
    "x_batch, t_batch = tf.gather(x_train, masks[i]), tf.gather(t_train, masks[i])",
)
STEPS = PatchPoint("training.py", keras="num_steps = masks.shape[0]")
STEP_GRADIENT = PatchPoint("training.py", *3 * ["grad = network.gradient(x_batch, t_batch)"])
UPDATED = PatchPoint("training.py", *3 * ['for key in ("W1", "b1", "W2", "b2"):'])
UPDATE = PatchPoint(
    "training.py",
    "network.params[key] -= learning_rate * grad[key]",
    "network.params[key].sub_(grad[key], alpha=learning_rate)",
    "network.params[key].assign_sub(learning_rate * grad[key])",
)
LOGGED = PatchPoint(
    "training.py",
    "train_loss_list.append(network.loss(x_batch, t_batch))",
    "train_loss_list.append(network.loss(x_batch, t_batch).item())",
    "losses = losses.write(i, network.loss(x_batch, t_batch))",
)
TRAIN_ACCURACY = PatchPoint(
    "training.py", *3 * ["train_acc_list.append(accuracy(network, x_train, t_train))"]
)
RETURNED_LOSS = PatchPoint("training.py", '"train_loss_list": train_loss_list')
RETURNED = PatchPoint("training.py", *3 * ['"train_acc_list": train_acc_list'])
RETURNED_TEST = PatchPoint("training.py", *3 * ['"test_acc_list": test_acc_list'])
CHECKPOINT = PatchPoint(
    "training.py",
    "key: p.copy() for key",
    "key: p.detach().clone() for key",
    "key: tf.identity(p.value) for key",
)
