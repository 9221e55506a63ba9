# SOURCE discuss.pytorch.org/t/160720 (2022-09): "400% higher error with PyTorch compared with
#   identical Keras model"; the predictions are (N, 1), the targets (N,).
# WRONG: (y - t) broadcasts to (N, N); torch's MSELoss only warns, Keras squeezes.
import numpy as np
from trueport import assert_faithful

rng = np.random.default_rng(0)
y = rng.normal(size=(6, 1))  # the model's output
t = rng.normal(size=6)  # the targets
loss = 0.5 * np.sum((y - t) ** 2)
assert_faithful(loss, "sum_squares_error", y, t)
