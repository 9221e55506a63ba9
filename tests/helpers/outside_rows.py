"""Public reports and files, retold in a few lines each: the table of what `check` must say.

A row is a file of tests/data/cases and the careful reader's answer: how it ends, what is the first
finding and why, what else must be said.
"""

from dataclasses import dataclass, field
from pathlib import Path

from paths import DATA

HERE = DATA / "cases"
FAITHFUL, UNFAITHFUL, NOT_COMPARABLE, CONVENTION = range(4)
ENTROPY, SQUARES, PREDICT = "cross_entropy_error", "sum_squares_error", "TwoLayerNet.predict"
LOSS, GRADIENT = "TwoLayerNet.loss", "TwoLayerNet.gradient"


@dataclass(frozen=True)
class Row:
    """A file, the exit status, the first finding and the ids of its cause, and what is said.

    causes: of the first finding, these and no others; empty where it has none.
    silent: what must not be said. needs_no: a package without which alone the row means anything.
    """

    file: str
    ends: int
    first: str = ""
    causes: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    quick: bool = False
    folder: Path = field(default=HERE)
    silent: tuple[str, ...] = ()
    needs_no: str = ""


ACCURACY, SOFTMAX = "TwoLayerNet.accuracy", "softmax"
JUDGED = "faithful: the same as the chapter's in"
ROWS = [
    # ---- right, as people write it: what the chapter never promises is a limit
    Row(
        "02_youbeebee2_numgrad_1d.py",
        FAITHFUL,
        says=("limit numerical_gradient: a matrix: refused (IndexError",),
    ),
    Row(
        "19_deepchem1446_one_hot_column.py",
        FAITHFUL,
        says=("limit column of labels: labels of shape (N, 1): not refused",),
    ),
    Row(
        "other_defaults.py",
        FAITHFUL,
        says=(
            "limit gradient_descent: default learning_rate is 0.1, the chapter's 0.01",
            "limit gradient_descent: default steps is 50, the chapter's 100",
        ),
    ),
    Row("torch_accuracy_float32.py", CONVENTION, LOSS, ("F26",), silent=("✗",)),
    # ---- constants, seeds and functions of other chapters
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
        quick=True,
    ),
    Row("descent_float32.py", FAITHFUL, says=("init_x is changed in place",)),
    Row("history_returned.py", FAITHFUL, says=("gives back (x, path)",), quick=True),
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
        quick=True,
    ),
    Row("slow_import/net.py", FAITHFUL, says=(f"{JUDGED} sigmoid",)),
    # ---- conventions
    Row(
        "20_sklearn34830_mean_over_outputs.py",
        CONVENTION,
        SQUARES,
        ("F10",),
        ("F10: half the mean of squares",),
    ),
    Row("10b_discuss160720_torch.py", CONVENTION, SQUARES, ("F04",), ("(N, 1) against (N,)",)),
    Row("book_gradient.py", CONVENTION, GRADIENT, ("F77",), quick=True),
    Row(
        "keras_lr.py",
        CONVENTION,
        LOSS,
        ("F26",),
        ("F26: fused log-softmax without an epsilon",),
    ),
    Row(
        "pair_entropy_eps.py",
        CONVENTION,
        ENTROPY,
        ("F26",),
        ("F26: epsilon 0.0001 instead of 1e-7",),
        quick=True,
    ),
    Row(
        "17b_keras6914_as_people_write_it.py",
        CONVENTION,
        LOSS,
        ("F26",),
        ("line 15, `model.fit(", "are not looked at: what is defined is"),
    ),
    # ---- wrong
    Row("01_dlfs85_softmax_old.py", UNFAITHFUL, "softmax", ("F56",)),
    Row("04_so_ce_divided_by_classes.py", UNFAITHFUL, "softmax", ("F56", "F52")),
    Row("05_keras_core143_softmax_axis_none.py", UNFAITHFUL, "softmax", ("F56",)),
    Row("08b_jax1023_ce_mean_numpy.py", UNFAITHFUL, ENTROPY, ("F08",), quick=True),
    Row(
        "ten_classes_summed.py",
        UNFAITHFUL,
        ENTROPY,
        ("F08", "F26"),
        says=("asked of ten classes alone",),
        quick=True,
    ),
    Row(
        "tf_ten_classes.py",
        UNFAITHFUL,
        ENTROPY,
        ("F08", "F26"),
        silent=("SimpleNet.loss", "0.51083 for 0.51083", "NodeDef"),
    ),
    Row(
        "09_flax2051_ce_without_log_softmax.py",
        UNFAITHFUL,
        ENTROPY,
        ("F61",),
        (
            "cross_entropy_loss was given scores, not probabilities",
            "F61: scores taken for log-probabilities",
        ),
    ),
    Row(
        "09b_flax2051_net.py",
        UNFAITHFUL,
        LOSS,
        ("T22",),
        ("T22: scores averaged: softmax and logarithm left out",),
    ),
    Row("17_keras6914_not_normalised.py", UNFAITHFUL, "load_mnist", ("F24",)),
    Row(
        "18_handson132_test_not_normalised.py",
        UNFAITHFUL,
        "load_mnist",
        says=("got is 255 (pixels not divided) times what it should be; x_test alone",),
    ),
    Row("26_nll_of_probabilities.py", UNFAITHFUL, LOSS, ("T22",), ("T22: logarithm left out",)),
    Row("27_cross_entropy_loss_sum.py", UNFAITHFUL, LOSS, ("F08", "F26")),
    Row(
        "51_own_reference_module/port.py",
        UNFAITHFUL,
        "sigmoid",
        ("F88",),
        ("F56: softmax over the whole batch",),
    ),
    Row(
        "51_own_reference_module/port2.py",
        UNFAITHFUL,
        "sigmoid",
        ("F88",),
        ("F56: softmax over the whole batch",),
    ),
    Row("55_notebook.ipynb", UNFAITHFUL, "softmax", ("F56",)),
    Row("67_f101_hides_f82.py", UNFAITHFUL, ENTROPY, ("F82",), quick=True),
    Row("71_softmax_two_faults_a.py", UNFAITHFUL, "softmax", ("F56", "F52")),
    Row(
        "hidden_relu.py",
        UNFAITHFUL,
        PREDICT,
        ("F61", "T24"),
        ("F61: predict gives scores: softmax left out; and T24: hidden layer is a ReLU",),
    ),
    Row("init_slow.py", UNFAITHFUL, "initialisation", ("F81",)),
    Row(
        "method_names.py",
        UNFAITHFUL,
        GRADIENT,
        says=("get_gradient_faster was taken for TwoLayerNet.gradient", "got is 0 for everything"),
    ),
    Row("pair_diff.py", UNFAITHFUL, "numerical_diff", ("F80", "F59")),
    Row(
        "pair_sigmoid_rowmax.py",
        UNFAITHFUL,
        "sigmoid",
        ("F89",),
        ("F89: maximum of each row subtracted in the sigmoid",),
    ),
    Row("pair_softmax.py", UNFAITHFUL, "softmax", ("F56", "F52"), quick=True),
    Row(
        "pair_softmax_rowmax.py",
        UNFAITHFUL,
        "softmax",
        ("F56",),
        ("F56: softmax with one sum for the whole batch",),
    ),
    Row("pair_softmax_sum.py", UNFAITHFUL, "softmax", ("F90", "F52")),
    Row("pair_squares.py", UNFAITHFUL, SQUARES, ("F94", "F10")),
    Row(
        "both_sides_summed.py",
        UNFAITHFUL,
        ENTROPY,
        ("T29", "F27"),
        ("T29: binary cross-entropy of each class, added up",),
    ),
    Row("both_sides_one_sample.py", UNFAITHFUL, ENTROPY, ("T29", "F82")),
    Row(
        "both_sides_clipped.py",
        UNFAITHFUL,
        ENTROPY,
        ("T29", "F26"),
        ("not added up", "proof gives arrays of the same shapes"),
    ),
    Row(
        "one_loss_each.py",
        UNFAITHFUL,
        ENTROPY,
        ("T33", "F27"),
        ("T33: one loss for each sample, not averaged",),
    ),
    Row("every_label_picked.py", UNFAITHFUL, ENTROPY, ("T36",), quick=True),
    Row("rows_as_views.py", UNFAITHFUL, "numerical_gradient", ("F64",), quick=True),
    Row(
        "scores_overflow.py",
        UNFAITHFUL,
        ENTROPY,
        ("F52", "F26"),
        ("F52: softmax inside the loss without subtracting the maximum",),
    ),
    Row(
        "pair_epsilon_one_sample.py",
        UNFAITHFUL,
        ENTROPY,
        ("F82", "F26"),
        ("F26: epsilon 0.0001 instead of 1e-7",),
    ),
    Row(
        "step_1e-5.py",
        UNFAITHFUL,
        "numerical_gradient",
        ("F59",),
        ("h = 1e-05, estimated to within",),
        quick=True,
    ),
    # ---- what cannot run here, or is something else
    Row(
        "08_jax1023_ce_mean.py",
        NOT_COMPARABLE,
        says=("skipped this port needs jax, not installed for", "pip install jax", "--python PATH"),
        needs_no="jax",
    ),
    Row(
        "56_gpu.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: it needs a GPU, and none can be used here",),
    ),
    Row(
        "58_argv.py",
        NOT_COMPARABLE,
        says=("skipped softmax: it reads command-line arguments, and a check gives none",),
        quick=True,
    ),
    Row("62_bf16.py", NOT_COMPARABLE, says=("its layers are in bfloat16 (fc1.weight)",)),
    Row(
        "64_missing.py",
        NOT_COMPARABLE,
        says=(
            "not comparable as a whole: the same as the chapter's in softmax",
            "skipped sigmoid: mypkg_not_there is not installed",
            "pip install mypkg_not_there",
            "No module named 'einops'",
        ),
        quick=True,
    ),
    Row(
        "65_missing2.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: lightning is not installed for", "pip install lightning"),
        needs_no="lightning",
    ),
    Row(
        "68_right_batchnorm_module.py",
        NOT_COMPARABLE,
        says=("MyBatchNorm: it has no fully connected layers: what is compared is a net of two",),
    ),
    Row(
        "69_cnn_module.py",
        NOT_COMPARABLE,
        says=(
            "skipped TwoLayerNet: Net: it has a convolution (Conv2d): what is compared is a net",
        ),
    ),
    Row(
        "unbuilt_cnn.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: model: it has a convolution (Conv2D): what is compared is",),
    ),
    Row(
        "unbuilt_cnn_class.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: MyModel: it has a convolution (Conv2D): what is compared",),
    ),
    Row(
        "false_pass.py",
        NOT_COMPARABLE,
        says=(
            "skipped cross_entropy_error, label out of range: cross_entrophy_error was not looked "
            "at: did you mean cross_entropy_error?",
        ),
        quick=True,
    ),
    Row(
        "functional_jax.py",
        NOT_COMPARABLE,
        says=("skipped this port needs jax, not installed for", "pip install jax"),
        needs_no="jax",
    ),
    Row(
        "missing_import.py",
        NOT_COMPARABLE,
        says=("skipped sigmoid: cupy is not installed for", "pip install cupy"),
        needs_no="cupy",
        quick=True,
    ),
    Row(
        "newer_syntax.py",
        NOT_COMPARABLE,
        says=("line 6, is not Python", "It is written for Python 3.12 or newer", "--python PATH"),
        quick=True,
    ),
    Row(
        "not_python.py",
        NOT_COMPARABLE,
        says=(
            "not_python.py, line 5, is not Python: expected an indented block after function "
            "definition on line 4",
        ),
        quick=True,
    ),
]
# how it ends, what it says, what it must not say
SCRIPTS = {
    "10_discuss160720_mse_broadcast.py": (
        1,
        "sum_squares_error cannot be computed on these inputs: t must have the shape of y, (6, 1) "
        "(got (6,))",
    ),
    "11_so_bias_update_slip.py": (0, "F31: biases that are never updated"),
    "13_sklearn10477_alpha_over_n.py": (0, "F13: weight decay 0.01 of the weights"),
    "14_deepnet1_batches_do_not_match.py": (
        0,
        "labels of other rows: of each class it counts 11 7 10 7 10 11 7 14 11 12, and the batch "
        "has 11 11 13 5 12 9 17 8 4 10",
    ),
    "21_pylearn2_1380_float32_tolerance.py": (0, "off 0.000279 where 5.32e-06 is allowed"),
}
