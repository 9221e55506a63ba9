"""Chapter code as people write it: what is wrong with it is found and named, what is right passes.

A row says what should come out. Most rows are a process of some seconds each: `make sweep`.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from paths import DATA

from trueport.compare.judging.check import Check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

# the changed references of the experiments overflow on purpose
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

HERE = DATA / "people"


@dataclass(frozen=True)
class Row:
    """What must come out of a check of text, "file.py" or "file.py:name".

    first: the component of the first divergence. cause: its id. loss: the name in the same file of
    the loss that a bare model is given. quick: run by default, not by the sweep alone.
    """

    text: str
    verdict: str
    first: str | None = None
    cause: str | None = None
    loss: str | None = None
    dtypes: tuple[str, ...] = ("float64",)
    quick: bool = False

    @property
    def name(self) -> str:
        return f"{self.text} with {self.loss}" if self.loss else self.text

    def run(self) -> Check:
        loss = f"{HERE / self.text.partition(':')[0]}:{self.loss}" if self.loss else None
        return check(str(HERE / self.text), Options(loss=loss, dtypes=self.dtypes))


ENTROPY, SQUARES = "cross_entropy_error", "sum_squares_error"
GRADIENT, LOSS, PREDICT = "TwoLayerNet.gradient", "TwoLayerNet.loss", "TwoLayerNet.predict"
ACCURACY = "TwoLayerNet.accuracy"
WRONG, OTHER = "unfaithful", "convention"

ROWS = [
    # ---- losses
    Row("minus_forgotten.py", WRONG, ENTROPY, "F91", quick=True),
    Row("clip_both_ends.py", OTHER, ENTROPY, "F26", quick=True),
    Row("smaller_epsilon.py", OTHER, ENTROPY, "F26"),
    Row("summed_over_batch.py", WRONG, ENTROPY, "F08"),
    Row("mean_everything.py", WRONG, ENTROPY, "F08"),
    Row("always_hundred.py", WRONG, ENTROPY, "F95"),
    Row("labels_from_one.py", WRONG, ENTROPY, "F68"),
    Row("label_pulled_in.py", "faithful", quick=True),
    Row("predict_alone.py", "faithful"),
    Row("ends_in_a_slip.py", "not-comparable"),
    Row("names_nothing.py", WRONG, "initialisation"),
    Row("np_arang.py", WRONG, ENTROPY, None),  # an error explains itself
    Row("one_hot_only.py", "faithful"),
    Row("swapped_arguments.py", WRONG, ENTROPY, "F28"),
    Row("squashed_twice.py", WRONG, ENTROPY, "F01"),
    Row("real_mean_squares.py", OTHER, SQUARES, "F04"),
    Row("sum_then_square.py", WRONG, SQUARES, "F94"),
    Row("classes_from_batch.py", WRONG, "one_hot", "F30"),
    # ---- activations
    Row("mirrored_sigmoid.py", WRONG, "sigmoid", "F88"),
    Row("softmax_down_the_batch.py", WRONG, "softmax", "F06", quick=True),
    Row("softmax_raw_exp.py", WRONG, "softmax", "F52"),
    Row("softmax_shifts_caller.py", WRONG, "softmax", "F96"),
    Row("exp_over_sum.py", WRONG, "softmax", "F90"),
    # ---- gradients
    Row("bracket_slip.py", WRONG, "numerical_diff", "F80", quick=True),
    Row("coarse_step.py", WRONG, "numerical_diff", "F59"),
    Row("one_sided_gradient.py", WRONG, "numerical_gradient", "F59"),
    Row("not_put_back.py", WRONG, "numerical_gradient", "F84"),
    Row("vector_gradient.py", "faithful"),
    Row("whole_numbers.py", "faithful", quick=True),
    Row("moves_the_start.py", "faithful"),
    Row("works_on_a_copy.py", WRONG, "SimpleNet gradient", "F72", quick=True),
    # ---- networks
    Row("uniform_start.py", WRONG, "initialisation", "F81"),
    Row("output_bias_left_out.py", WRONG, PREDICT, "F98"),
    Row("hidden_not_used.py", WRONG, PREDICT, "F99"),
    Row("always_perfect.py", WRONG, ACCURACY, "F100"),
    Row("chapter_accuracy.py", "faithful"),
    Row("whole_accuracy.py", WRONG, ACCURACY, "F09"),
    Row("wrong_key.py", WRONG, "TwoLayerNet.numerical_gradient", "F97"),
    Row("sigmoid_of_sigmoid.py", WRONG, GRADIENT, "F63"),
    Row("bias_mean_again.py", WRONG, GRADIENT, "F29", quick=True),
    Row("gradient_never_divided.py", WRONG, GRADIENT, "F08"),
    Row("derivative_left_out.py", WRONG, GRADIENT, "F63"),
    Row("next_chapter_backprop.py", OTHER, GRADIENT, "F77", quick=True),
    # ---- right, however unusual
    Row("right_einsum.py", "faithful", quick=True),
    Row("right_plain_loops.py", "faithful"),
    Row("right_fsum_per_class.py", "faithful"),
    Row("right_log_softmax.py", "faithful"),
    Row("right_in_place.py", "faithful"),
    Row("right_transposed.py", "faithful", quick=True),
    Row("right_static_methods.py", "faithful"),
    Row("right_nested_helpers.py", "faithful", quick=True),
    Row("right_casts_integers.py", "faithful"),
    Row("right_dataclass.py", "faithful"),
    Row("tanh_sigmoid.py", "faithful"),
    # ---- torch
    Row("right_torch_float32.py", "faithful", dtypes=("float64", "float32")),
    Row("right_torch_log_softmax.py", "faithful"),
    Row("torch_clamped.py", OTHER, ENTROPY, "F26", quick=True),
    Row("torch_early_return.py", WRONG, "numerical_gradient", "F85"),
    Row("torch_dim_zero.py", WRONG, PREDICT, "F06"),
    Row("torch_own_predict.py", WRONG, PREDICT, "F06"),
    Row("torch_linear_hidden.py:model", WRONG, PREDICT, "F99"),
    Row("torch_sum_loss.py", WRONG, LOSS, "F08"),
    Row("torch_softmax_then_ce.py", WRONG, LOSS, "F01", loss="criterion"),
    Row("torch_ce_on_logits.py", OTHER, LOSS, "F26", loss="loss_fn"),  # stable, but no epsilon
    # ---- Keras
    Row("keras_right_loss.py:model", "faithful", loss="chapter_loss"),
    Row("keras_summed_loss.py:model", WRONG, LOSS, "F08", loss="my_loss"),
    Row("keras_summed_loss.py:model", WRONG, LOSS, "F08"),  # the model was compiled with its loss
    Row("keras_no_softmax.py:model", WRONG, LOSS, "F61", loss="cross_entropy"),
    Row("keras_stock_loss.py:model", OTHER, LOSS, "F26", loss="loss_fn"),
    Row("keras_from_logits.py:model", OTHER, LOSS, "F26", loss="loss"),
    Row("keras_no_epsilon.py:model", WRONG, LOSS, "F27", loss="xent"),
]


def marked(row: Row) -> Any:
    marks = [] if row.quick else [pytest.mark.sweep]
    return pytest.param(row, id=row.name, marks=marks)


@pytest.mark.parametrize("row", [marked(row) for row in ROWS])
def test_what_comes_out_is_what_the_author_did(row: Row) -> None:
    result = row.run()

    first = result.first_divergence
    cause = first.cause["id"] if first and first.cause else None
    found = (result.verdict, first.component if first else None, cause)
    assert found == (row.verdict, row.first, row.cause), "\n".join(result.notes)


LIMITS = [
    ("label_pulled_in.py", "label out of range", "a label outside the classes", "not refused"),
    ("one_hot_only.py", ENTROPY, "labels as numbers", "refused (ValueError"),
    ("vector_gradient.py", "numerical_gradient", "a matrix", "refused (IndexError"),
    ("whole_numbers.py", "integer input", "an integer array", "silently wrong, [25000 35000]"),
    ("moves_the_start.py", "gradient_descent", "init_x is changed in place", ""),
    ("chapter_accuracy.py", ACCURACY, "labels as numbers", "refused (AxisError"),
]


@pytest.mark.parametrize(
    ("file", "component", "form", "what"),
    [
        pytest.param(*row, id=row[0], marks=[pytest.mark.sweep] * (number > 1))
        for number, row in enumerate(LIMITS)
    ],
)
def test_what_the_chapter_does_not_promise_is_a_limit(
    file: str, component: str, form: str, what: str
) -> None:
    result = check(str(HERE / file), Options(dtypes=("float64",)))
    strict = check(str(HERE / file), Options(dtypes=("float64",), strict=True))

    found = {(limit.component, limit.form): limit.what for limit in result.limits}
    assert found[component, form].startswith(what)
    assert (result.exit_code, strict.exit_code) == (0, 1)


def test_every_file_has_a_row() -> None:
    files = {path.name for path in HERE.glob("*.py")} - {"conftest.py"}
    assert files == {row.text.partition(":")[0] for row in ROWS}
