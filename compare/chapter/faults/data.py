"""Faults in loading the digits, in one-hot labels and in drawing mini-batches."""

from ...suite.fault import fix_per_framework
from .make_fault import make_fault
from .patch_points import LABELS, MASKS, ONE_HOT, ONE_HOT_LABELS, PIXELS, ROWS, TEST_SET

PIXEL_SCALING_FIX = fix_per_framework(
    "x.astype(np.float32) / 255, once",
    "ToTensor() divides by 255 already; a tensor from an array is divided once.",
    "A Rescaling(1 / 255) layer, or / 255, not both.",
)
ONE_HOT_FIX = fix_per_framework(
    "np.eye(10)[t]",
    "torch.nn.functional.one_hot(t, 10)",
    "keras.ops.one_hot(t, 10), or name the classes to pandas.Categorical.",
)

DATA_FAULTS = (
    make_fault(
        "F24/not divided",
        name="pixels in 0..255",
        does="The pixels are not divided by 255: the sigmoids saturate.",
        fix=PIXEL_SCALING_FIX,
        edits=PIXELS("x.astype(np.float32)", "x.to(torch.float32)", 'ops.cast(x, "float32")'),
    ),
    make_fault(
        "F24/twice",
        name="pixels divided by 255 twice",
        does="Pixels end at 0.0039, and the gradient of W1 is 1/255 of the right one.",
        fix=PIXEL_SCALING_FIX,
        edits=PIXELS(
            "np.divide(x, 255, dtype=np.float32) / np.float32(255)",
            "x.to(torch.float32).div_(255).div_(255)",
            'ops.cast(x, "float32") / 255 / 255',
        ),
    ),
    make_fault(
        "F24/256",
        name="pixels divided by 256",
        does="White is 0.996 instead of 1.",
        fix=PIXEL_SCALING_FIX,
        edits=PIXELS(
            "np.divide(x, 256, dtype=np.float32)",
            "x.to(torch.float32).div_(256)",
            'ops.cast(x, "float32") / 256',
        ),
    ),
    make_fault(
        "F30/largest",
        name="number of classes taken from the largest label",
        does="A batch without the last class gives rows that are too short.",
        fix=ONE_HOT_FIX,
        edits=ONE_HOT(
            "return np.eye(np.max(t) + 1)[t]",
            "return functional.one_hot(t.to(torch.int64)).to(torch.float64)",
        ),
    ),
    make_fault(
        "F30/present",
        name="a column for each class that occurs",
        does="A batch that lacks a class gives rows that are too short, and shifted columns.",
        fix=ONE_HOT_FIX,
        edits=ONE_HOT(
            "classes, columns = np.unique(t, return_inverse=True)\n"
            "    return np.eye(len(classes))[columns]",
            keras="ops.convert_to_numpy(t)",
        ),
    ),
    make_fault(
        "F34/batch_masks",
        name="batches in the order of the file",
        does="Rows are taken one after the other, from the first: the same batches in every epoch.",
        fix="Draw the rows at random.",
        edits=MASKS(
            "return np.arange(iters_num * batch_size).reshape(iters_num, batch_size) % train_size",
            "return torch.arange(iters_num * batch_size).reshape(iters_num, batch_size) "
            "% train_size",
            "return ops.reshape(ops.arange(iters_num * batch_size), shape) % train_size",
        ),
    ),
    make_fault(
        "F35",
        name="epochs of a permutation",
        kind="convention",
        does="Every row is used once in an epoch, where the chapter draws with replacement and "
        "sees 63 % of the rows.",
        fix=fix_per_framework(
            "np.random.choice(train_size, batch_size)",
            "torch.randint(train_size, (batch_size,)), or a RandomSampler with replacement=True",
            "keras.random.randint, not fit's shuffle",
        ),
        edits=MASKS(
            "epochs = -(-iters_num * batch_size // train_size)\n"
            "    rows = np.concatenate([rng.permutation(train_size) for _ in range(epochs)])\n"
            "    return rows[: iters_num * batch_size].reshape(iters_num, batch_size)",
            "rng, epochs = random_state(seed), -(-iters_num * batch_size // train_size)\n"
            "    rows = torch.cat([torch.randperm(train_size, generator=rng) "
            "for _ in range(epochs)])\n"
            "    return rows[: iters_num * batch_size].reshape(iters_num, batch_size)",
            "epochs, rows = -(-iters_num * batch_size // train_size), ops.arange(train_size)\n"
            "    rows = [keras.random.shuffle(rows, seed=rng) for _ in range(epochs)]\n"
            '    rows = ops.cast(ops.concatenate(rows), "int64")\n'
            "    return ops.reshape(rows[: iters_num * batch_size], shape)",
        ),
    ),
    make_fault(
        "F45/transposed",
        name="digits transposed",
        does="Rows and columns of each image are exchanged, as in EMNIST's files: a network "
        "trained on them learns as well, but its weights fit no other data.",
        fix="Transpose the images back, or take MNIST's own files.",
        edits=ROWS(
            "x = x.transpose(0, 2, 1)\n        x = x.reshape(-1, 784) if flatten",
            "x = torch.tensor(x).transpose(1, 2).reshape(",
            "x = ops.reshape(ops.transpose(x, (0, 2, 1)), (",
        ),
    ),
    make_fault(
        "F45/inverted",
        name="digits black on white",
        does="255 - x is loaded: the background is 1 and the digit 0.",
        fix="MNIST's digits are white on black: take the pixels as they are.",
        edits=ROWS(
            "x = 255 - x\n        x = x.reshape(-1, 784) if flatten",
            "x = torch.tensor(255 - x).reshape(",
            "x = ops.reshape(255 - x, (",
        ),
    ),
    make_fault(
        "F51",
        name="test set that is the training set",
        does="The training digits are loaded twice: the test curve lies on the training curve.",
        fix=fix_per_framework(
            "Load the t10k files.", "MNIST(train=False)", "Take load_data()'s second pair."
        ),
        edits=TEST_SET.replace_everywhere("(images(mnist.x_train), labels(mnist.t_train))"),
    ),
    make_fault(
        "F62",
        name="one-hot labels of booleans",
        does="pandas.get_dummies gives booleans: right in value, but y - t then fails for boolean "
        "y, and arrays may turn into objects.",
        fix=fix_per_framework(
            "Ask for dtype=float.", "one_hot(t, 10).float()", "get_dummies(t, dtype=float)"
        ),
        edits=ONE_HOT_LABELS(
            "one_hot(t).astype(bool)", "one_hot(t).to(torch.bool)", 'ops.cast(one_hot(t), "bool")'
        ),
    ),
    make_fault(
        "F68/data",
        name="labels loaded as 1..10",
        does="The labels are counted from 1.",
        fix="Use labels 0..9.",
        edits=LABELS(
            "else t.astype(np.int64) + 1", "else t + 1\n", 'else ops.cast(t, "int64") + 1'
        ),
    ),
)
