"""Conventions: other numbers, defensible and named."""

from .row import CONVENTION, ENTROPY, GRADIENT, LOSS, SQUARES, Row

ROWS = [
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
    ),
    Row(
        "17b_keras6914_as_people_write_it.py",
        CONVENTION,
        LOSS,
        ("F26",),
        ("line 15, `model.fit(", "are not looked at: what is defined is"),
    ),
]
