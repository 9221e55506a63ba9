"""Inputs that can be written down in a line.

One sample and two, labels and one-hot, sums that are not one, probabilities near zero, arguments
near and far.
"""

from typing import Any

PROBABILITY_ROWS = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]
ROW_BELOW_ONE = [[0.1, 0.2, 0.3]]
SHORT_INPUTS: dict[str, tuple[dict[str, list[Any]], ...]] = {
    "sigmoid": (
        {"x": [-2.0, 0.5, 3.0]},
        {"x": [[-2.0, 0.5], [1.0, 3.0]]},
        {"x": [-800.0, 40.0, 800.0]},
    ),
    "softmax": (
        {"x": [1.0, 2.0, 4.0]},
        {"x": [[1.0, 2.0, 4.0], [3.0, 0.0, -1.0]]},
        {"x": [[1000.0, 1001.0]]},
    ),
    "sum_squares_error": (
        {"y": [1.0, 2.0, 4.0], "t": [0.0, 2.0, 3.0]},
        {"y": [[1.0, 2.0, 4.0], [0.0, 1.0, 5.0]], "t": [[0.0, 2.0, 3.0], [1.0, 1.0, 1.0]]},
    ),
    "cross_entropy_error": (
        {"y": ROW_BELOW_ONE, "t": [2]},
        {"y": PROBABILITY_ROWS, "t": [2, 1]},
        {"y": PROBABILITY_ROWS, "t": [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]},
        {"y": [0.2, 0.3, 0.5], "t": [0.0, 1.0, 0.0]},
        {"y": [[0.0, 1.0]], "t": [0]},
        {"y": [[1e-7, 1.0 - 1e-7]], "t": [0]},
        {"y": [[0.4, 0.7], [0.5, 0.6], [0.2, 0.2]], "t": [0, 1, 1]},
    ),
    "TwoLayerNet.gradient": tuple(
        {
            "W1": [[1.5]],
            "b1": [0.5],
            "W2": [[2.0, -1.0]],
            "b2": [0.0, bias],
            "x": [[1.0], [2.0]][:n],
            "t": [0, 1][:n],
        }
        for n in (2, 1)
        for bias in (1.0, 20.0)
    ),
}
for _name in ("loss", "accuracy", "predict"):
    SHORT_INPUTS[f"TwoLayerNet.{_name}"] = tuple(
        {key: value for key, value in inputs.items() if _name != "predict" or key != "t"}
        for inputs in SHORT_INPUTS["TwoLayerNet.gradient"]
    )
