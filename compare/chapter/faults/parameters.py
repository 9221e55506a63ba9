"""Changes with a number in them, which is estimated and not listed: an epsilon, a step, a rate.

A `ParametricFault` is one entry here: its words, and the change to the reference at any value. The
value at which nothing changes is where the estimate starts.
"""

from ...suite.fault import ParametricFault
from .patch_points import BEFORE_LOOP, DELTA, SOFTMAX, UPDATE, H, combine_edits

PLAIN_STEP_FIX = "params[key] -= learning_rate * grad[key], with the learning rate that is meant"

PARAMETRIC_FAULTS = (
    ParametricFault(
        "F26",
        form="epsilon",
        name="epsilon {value} instead of 1e-7",
        kind="convention",
        does="log(y + {value}), estimated to within {error}.",
        fix="log(y + 1e-7)",
        unchanged=1e-7,
        positive=True,
        edits=lambda v: DELTA(f"DELTA = {v!r}")["reference"],
    ),
    ParametricFault(
        "F59",
        form="step",
        name="difference quotient with h = {value}",
        kind="fault",
        does="The central difference is taken with h = {value}, estimated to within {error}.",
        fix="h = 1e-4",
        unchanged=1e-4,
        positive=True,
        edits=lambda v: H(f"H = {v!r}")["reference"],
        slope_step=0.5,  # the truncation error goes as h^2, and is tiny at the chapter's h
    ),
    ParametricFault(
        "F01",
        form="temperature",
        name="softmax of the scores divided by {value}",
        kind="fault",
        does="softmax(x / {value}), estimated to within {error}.",
        fix="softmax(x)",
        unchanged=1.0,
        positive=True,
        edits=lambda v: SOFTMAX(
            f"x = x / {v!r}\n    e = np.exp(x - np.max(x, axis=-1, keepdims=True))\n"
            "    return e / np.sum(e, axis=-1, keepdims=True)"
        )["reference"],
    ),
    ParametricFault(
        "F08",
        form="learning rate",
        name="learning rate times {value}",
        kind="fault",
        does="Every step is {value} times what the learning rate says, within {error}.",
        fix=PLAIN_STEP_FIX,
        unchanged=1.0,
        positive=True,
        edits=lambda v: UPDATE(f"network.params[key] -= {v!r} * learning_rate * grad[key]")[
            "reference"
        ],
    ),
    ParametricFault(
        "F12",
        form="momentum",
        name="momentum {value}",
        kind="convention",
        does="A velocity keeps {value} of the last step, within {error}.",
        fix=PLAIN_STEP_FIX,
        unchanged=0.0,
        positive=False,
        edits=lambda v: combine_edits(
            BEFORE_LOOP("kept, v = {}, {}"),
            UPDATE(
                f"v[key] = {v!r} * v.get(key, 0.0) - learning_rate * grad[key]\n"
                "            network.params[key] += v[key]"
            ),
        )["reference"],
    ),
    ParametricFault(
        "F37",
        form="weight decay",
        name="weight decay {value}",
        kind="convention",
        does="{value} times each parameter, biases too, is added to its gradient, within {error}.",
        fix=PLAIN_STEP_FIX,
        unchanged=0.0,
        positive=False,
        edits=lambda v: UPDATE(
            f"network.params[key] -= learning_rate * (grad[key] + {v!r} * network.params[key])"
        )["reference"],
    ),
    ParametricFault(
        "F13",
        form="decay of the weights",
        name="weight decay {value}, biases left out",
        kind="convention",
        does="{value} times each weight, not the biases, is added to its gradient, within {error}.",
        fix=PLAIN_STEP_FIX,
        unchanged=0.0,
        positive=False,
        edits=lambda v: UPDATE(
            "network.params[key] -= learning_rate * (grad[key] + "
            f'({v!r} if key in ("W1", "W2") else 0.0) * network.params[key])'
        )["reference"],
    ),
)
