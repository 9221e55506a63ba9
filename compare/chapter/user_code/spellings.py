"""Other spellings of the contract's names, as people have them."""

import inspect
import types
from collections.abc import Iterable

# Matching ignores case and underscores, so that only what differs beyond them stands here. From
# the five documents, the book's own repository and the public implementations of the chapter.
FUNCTION_SPELLINGS: dict[str, tuple[str, ...]] = {
    "sigmoid": ("sigmoid_function", "sigmoid_func", "sigmoid_activation", "logistic", "sigm"),
    "softmax": ("softmax_function", "softmax_func", "softmax_activation"),
    "sum_squares_error": (
        "sum_square_error",
        "sum_squared_error",
        "sum_of_squares_error",
        "sum_of_squared_error",
        "sum_of_square_error",
        "sum_squares_errors",
        "sum_squared_errors",
        "sum_of_squares_for_error",
        "sum_squares_loss",
        "squared_error",
        "squares_error",
        "mean_squared_error",
        "mean_square_error",
        "sse",
        "sse_loss",
        "mse",
        "mse_loss",
    ),
    "cross_entropy_error": (
        "cross_entropy",
        "cross_entropy_loss",
        "crossentropy_error",
        "cross_entropy_err",
        "cross_entropy_error_batch",
        "categorical_cross_entropy",
        "sparse_categorical_cross_entropy",
        "softmax_cross_entropy",
        "softmax_cross_entropy_loss",
        "softmax_cross_entropy_with_logits",
        "cross_entropy_with_logits",
        "cross_entropy_from_logits",
        "cross_entropy_loss_with_logits",
        "cee",
        "cee_loss",
        "ce_loss",
    ),
    "numerical_diff": (
        "numerical_differentiation",
        "numerical_derivative",
        "numerical_difference",
        "numeric_diff",
        "num_diff",
        "central_diff",
        "central_difference",
    ),
    "forward_diff": ("forward_difference", "bad_numerical_diff", "numerical_diff_bad"),
    "partial_diff": ("partial_derivative", "partial_difference"),
    "numerical_gradient": (
        "numerical_gradient_nd",
        "numerical_gradient_2d",
        "numerical_gradient_batch",
        "_numerical_gradient",
        "numerical_grad",
        "numeric_gradient",
        "num_gradient",
        "num_grad",
        "numerical_gradients",
        "eval_numerical_gradient",
    ),
    "gradient_descent": (
        "gradient_desent",
        "gradient_decent",
        "gradient_descend",
        "gradient_descents",
        "grad_descent",
        "gd",
    ),
    "load_mnist": ("load_data", "get_mnist", "read_mnist"),
    "batch_masks": (),
    "one_hot": ("to_one_hot", "onehot", "one_hot_encode", "one_hot_encoding", "one_hot_label"),
    "train": (),
}
CLASS_SPELLINGS: dict[str, tuple[str, ...]] = {
    "SimpleNet": ("simple_network", "simple_neural_net", "simple_neural_network"),
    "TwoLayerNet": (
        "two_layer_network",
        "two_layers_net",
        "two_layers_network",
        "two_layer_neural_net",
        "two_layer_neural_network",
        "two_layer_nn",
        "two_layer_perceptron",
        "two_layer_mlp",
        "two_layer_model",
        "two_layer",
        "2_layer_net",
        "neural_network",
        "neural_net",
        "mlp",
        "network",
        "net",
        "nn",
        "model",
        "my_model",
        "my_net",
        "mnist_net",
    ),
}
NUMERICAL_WORDS = {"numerical", "numeric", "num", "slow", "slower", "difference"}
NO_GRADIENT_WORDS = {"check", "test", "plot", "descent", "update", "clip", "zero", "step", "apply"}
FUNCTION_ARGUMENTS = {"func", "fn", "fun", "function"}  # and f, but where it may be features
LABEL_ARGUMENTS = {"ytrue", "t", "target", "targets", "true", "label", "labels", "trueval", "truth",
    "ytarget", "onehotlabels", "onehot", "gt", "groundtruth", "truelabel", "truelabels", "teacher",
    "teacherdata", "answer", "answers", "expected", "desired", "actual", "ylabel", "ylabels",
    "tlabel", "tlabels", "correct", "correctlabels", "yreal", "ygt", "ttrue"}  # fmt: skip
FORWARD_STEMS = ("forward", "propag", "propog", "proba")
METHOD_SPELLINGS: dict[str, tuple[str, ...]] = {
    "predict": ("forward", "call", "prediction", "inference", "feed_forward", "predict_proba"),
    "loss": ("compute_loss", "calc_loss", "loss_func", "loss_function", "get_loss", "cost"),
    "accuracy": ("acc", "compute_accuracy", "calc_accuracy", "get_accuracy", "score"),
    "gradient": (
        "gradients",
        "grad",
        "compute_gradient",
        "compute_gradients",
        "calc_gradient",
        "analytic_gradient",
        "analytical_gradient",
        "gradient_faster",
        "fast_gradient",
        "backprop",
        "backpropagation",
    ),
    "numerical_gradient": (
        "numerical_gradients",
        "numerical_grad",
        "numeric_gradient",
        "num_gradient",
        "num_grad",
    ),
}


def normalise_name(name: str) -> str:
    """Return a name without case and underscores.

    >>> normalise_name("Two_LayerNet")
    'twolayernet'
    """
    return name.replace("_", "").lower()


def rank_candidates(wanted: str, others: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of names that may be meant by wanted, the likeliest first.

    wanted: the contract's spelling.
    others: its row of a table here.
    names: what there is.

    >>> rank_candidates("SimpleNet", (), ["simple_net", "SimpleNet"])
    ['SimpleNet', 'simple_net']
    """
    ranks = {
        normalise_name(name): rank for rank, name in reversed(list(enumerate((wanted, *others))))
    }
    found = [name for name in dict.fromkeys(names) if normalise_name(name) in ranks]
    return sorted(found, key=lambda name: (name != wanted, ranks[normalise_name(name)]))


def find_contract_name(name: str) -> str | None:
    """Return the contract's spelling of a function or class, or None if it is none of them.

    >>> (find_contract_name("mean_squared_error"),
    ...  find_contract_name("gradient_desent"), find_contract_name("relu"))
    ('sum_squares_error', 'gradient_descent', None)
    """
    for wanted, others in (FUNCTION_SPELLINGS | CLASS_SPELLINGS).items():
        if rank_candidates(wanted, others, [name]):
            return wanted
    return None


def list_written(cls: type, framework_roots: tuple[str, ...]) -> list[str]:
    """Return the methods that the author of a class wrote.

    What a framework's base class brings is no work of theirs.
    """
    written: dict[str, None] = {}
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] in (*framework_roots, "builtins"):
            continue
        for name, value in vars(base).items():
            if callable(value) or isinstance(value, staticmethod | classmethod):
                written[name] = None
    return list(written)


def find_methods(cls: type, framework_roots: tuple[str, ...]) -> dict[str, str]:
    """Return the contract's methods that the author of a class wrote, under their spellings."""
    written = list_written(cls, framework_roots)
    found = {}
    for wanted, others in METHOD_SPELLINGS.items():
        named = rank_candidates(wanted, others, written)
        if names := [name for name in named if not takes_function(cls, name, wanted)]:
            found[wanted] = names[0]
    left = [name for name in written if name not in found.values() and not name.startswith("_")]
    left = [name for name in left if not takes_function(cls, name, "gradient")]
    return rename_numerical_gradient(cls, found | tell_gradients_apart(cls, left, found))


def takes_function(cls: type, name: str, wanted: str) -> bool:
    """Whether a method is given a function first: a numerical gradient kept in the class.

    wanted: what it may stand for. The f of a loss, or beside labels, is no function.
    """
    function = inspect.unwrap(inspect.getattr_static(cls, name))
    if not inspect.isfunction(function):
        return False
    own = [normalise_name(p) for p in inspect.signature(function).parameters if p != "self"]
    if len(own) < 2 or own[0] != "f":
        return len(own) > 1 and own[0] in FUNCTION_ARGUMENTS
    return wanted not in ("loss", "accuracy") and own[1] not in LABEL_ARGUMENTS | {"y"}


def rename_numerical_gradient(cls: type, found: dict[str, str]) -> dict[str, str]:
    """Return found with a gradient that calls the numerical one as what it is.

    found: contract name to method of cls.
    """
    name = found.get("gradient", "")
    function = inspect.unwrap(inspect.getattr_static(cls, name)) if name else None
    if inspect.isfunction(function) and is_numerical(function.__code__):
        return {"numerical_gradient": name} | {k: v for k, v in found.items() if k != "gradient"}
    return found


def list_predictions(cls: type, framework_roots: tuple[str, ...]) -> list[str]:
    """Return the methods that may be the prediction, the likeliest first."""
    written = list_written(cls, framework_roots)
    named = rank_candidates("predict", METHOD_SPELLINGS["predict"], written)
    return named + [name for name in written if name not in named and is_forward_pass(name)]


def is_forward_pass(name: str) -> bool:
    """Whether a name says that something is a forward pass, misspelt or with other words.

    >>> is_forward_pass("forward_propogation"), is_forward_pass("backpropagation")
    (True, False)
    """
    plain = normalise_name(name)
    return any(stem in plain for stem in FORWARD_STEMS) and "back" not in plain


def tell_gradients_apart(cls: type, names: list[str], found: dict[str, str]) -> dict[str, str]:
    """Return which methods, named otherwise, are the gradients that were not found.

    One is numerical if its name says so or it calls what is so named: `get_gradient` may be either.

    names: of the methods of cls that stand for nothing.
    """
    told: dict[str, str] = {}
    for name in names:
        words = set(name.lower().split("_"))
        function = inspect.unwrap(inspect.getattr_static(cls, name))
        if not words & {"gradient", "gradients", "grad", "grads"} or words & NO_GRADIENT_WORDS:
            continue
        if not inspect.isfunction(function) or len(inspect.signature(function).parameters) != 3:
            continue
        numerical = words & NUMERICAL_WORDS or is_numerical(function.__code__)
        wanted = "numerical_gradient" if numerical else "gradient"
        if wanted not in found:
            told.setdefault(wanted, name)
    return told


def is_numerical(code: types.CodeType) -> bool:
    """Whether code calls something that is named after a numerical gradient."""
    inner = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    named = any("numerical" in name or "numeric_" in name for name in code.co_names)
    return named or any(map(is_numerical, inner))
