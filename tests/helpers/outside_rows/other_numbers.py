"""Constants, seeds and functions of other chapters."""

from .row import (
    ACCURACY,
    CONVENTION,
    ENTROPY,
    FAITHFUL,
    GRADIENT,
    HERE,
    JUDGED,
    LOSS,
    PREDICT,
    SOFTMAX,
    SQUARES,
    UNFAITHFUL,
    Row,
)

ROWS = [
    Row(
        "gradient_slip_beside_f77.py",
        UNFAITHFUL,
        GRADIENT,
        ("edit", "F77"),
        ("trueport's reference/networks.py", "z1 * (1.0 + z1)"),
    ),
    Row("batch_size_256.py", UNFAITHFUL, GRADIENT, ("F95", "F77"), ("constant 256 for the batch",)),
    Row("both_argmaxes.py", UNFAITHFUL, ACCURACY, ("F47",)),
    Row("smoothed_labels.py", CONVENTION, ENTROPY, ("T37",), ("labels smoothed by 0.2",)),
    Row("softmax_epsilon.py", CONVENTION, SOFTMAX, ("T38",), ("1e-07 added below the line",)),
    Row("hidden_elu.py", UNFAITHFUL, PREDICT, ("T24",), ("hidden layer is an ELU",)),
    Row("one_seed.py", UNFAITHFUL, "initialisation", ("T39",), ("from the same seed",)),
    Row("softmax_sum_shift.py", UNFAITHFUL, SOFTMAX, ("F52",), ("subtracted from one sample",)),
    Row("softmax_bare_denominator.py", UNFAITHFUL, SOFTMAX, ("F52",), ("alone, of one sample",)),
    Row("labels_multiplied.py", UNFAITHFUL, ENTROPY, ("F66",), ("labels multiplied onto the log",)),
    Row("half_added.py", UNFAITHFUL, SQUARES, ("T21",), ("half added",)),
    Row("descent_assigned.py", UNFAITHFUL, "gradient_descent", ("T52",), ("step is assigned",)),
    Row("arguments_exchanged.py", UNFAITHFUL, LOSS, ("F28",), ("in the network's loss",)),
    Row(
        "22_tinygrad6542_blocked_matmul.py",
        FAITHFUL,
        says=(f"{JUDGED} initialisation, sigmoid, softmax, TwoLayerNet",),
    ),
    Row(
        "22t_tanh_sigmoid.py",
        FAITHFUL,
        says=("sigmoid is right in another form than the reference's: sigmoid as a tanh",),
    ),
    Row(
        "23_book_star_import.py",
        FAITHFUL,
        says=("common.functions not found beside your file: the reference's own was used",),
        quick=True,
    ),
    Row(
        "24_book_gradient_descent_history.py",
        FAITHFUL,
        says=(
            "init_x is changed in place",
            "gives back (x, path): the first of the two was judged",
            "integer input: an integer array: silently wrong",
        ),
    ),
    Row("52_torch_impl_name/torch_impl.py", FAITHFUL, says=(f"(torch): {JUDGED} softmax",)),
    Row("52_torch_impl_name/keras_impl.py", FAITHFUL, says=(f"(torch): {JUDGED} softmax",)),
    Row("54_package/my_package/my_port.py", FAITHFUL, says=(f"{JUDGED} sigmoid, softmax",)),
    Row("59_tf_function.py", FAITHFUL, says=("a label outside the classes: not refused",)),
    Row("61_compiled.py", FAITHFUL, says=(f"(torch): {JUDGED} softmax",)),
    Row(
        "66_tf_one_hot_out_of_range.py",
        FAITHFUL,
        says=("a label outside the classes: not refused",),
    ),
    Row(
        "bad_diff.py",
        FAITHFUL,
        says=("numerical_diff_bad(f, x) takes other arguments than the contract's: not judged",),
        quick=True,
    ),
    Row("book_integer.py", FAITHFUL, says=("[25000 35000] for [6 8]",), quick=True),
    Row(
        "constructor_args.py",
        FAITHFUL,
        says=("TwoLayerNet was made with weight_init_std=0.01",),
        quick=True,
    ),
    Row(
        "ten_classes.py",
        FAITHFUL,
        says=("asked of ten classes alone", "cross_entropy_error: a batch: refused"),
    ),
    Row("descent_float32.py", FAITHFUL, says=("init_x is changed in place",)),
    Row("history_returned.py", FAITHFUL, says=("gives back (x, path)",)),
    Row(
        "labels_only.py",
        FAITHFUL,
        says=(
            "limit cross_entropy_error: one sample: refused (ValueError",
            "limit cross_entropy_error: a batch: refused (IndexError",
        ),
        quick=True,
    ),
    Row(
        "root_import/book/ch4/net.py",
        FAITHFUL,
        says=(f"{JUDGED} sigmoid",),
        folder=HERE / "root_import",
    ),
    Row(
        "row_wise.py",
        FAITHFUL,
        says=("limit numerical_gradient: a matrix: refused (IndexError", "looked at: one_row"),
        quick=True,
    ),
    Row(
        "function_second.py",
        FAITHFUL,
        says=(f"{JUDGED} numerical_diff", "numerical_diff was called by keyword"),
        quick=True,
    ),
    Row("second_argument.py", FAITHFUL, says=("softmax was called with a for x, device='cpu'",)),
    Row(
        "sigmoid_clipped.py",
        FAITHFUL,
        says=(
            "sigmoid is right in another form than the reference's: sigmoid of an argument kept "
            "within 500",
        ),
    ),
    Row("softmax_axis1.py", FAITHFUL, says=("limit softmax: one sample: refused",), quick=True),
    Row(
        "star_import.py",
        FAITHFUL,
        says=("common.functions not found beside your file: the reference's own was used",),
    ),
    Row(
        "star_two_up/part4/lesson5/net.py",
        FAITHFUL,
        says=(
            f"{JUDGED} initialisation, TwoLayerNet",
            "what comes from ../../common/functions.py, outside your file's folder, was used and "
            "not judged as yours",
        ),
        silent=("not found beside your file",),
        quick=True,
    ),
    Row(
        "misspelt_class.py",
        FAITHFUL,
        says=("TowLayerNet was taken for TwoLayerNet", f"{JUDGED} initialisation, sigmoid"),
    ),
    Row("tqdm_with.py", FAITHFUL, says=("tqdm answered by a stand-in",), quick=True),
    Row(
        "wrong_cause_raises.py",
        FAITHFUL,
        says=(
            "gradient_descent was called with initial_x for init_x, learning_rate for lr, "
            "iterate_num for step_num",
        ),
    ),
    Row("slow_import/net.py", FAITHFUL, says=(f"{JUDGED} sigmoid",)),
]
