# SOURCE scikit-learn/scikit-learn#8349 / #34830: MLPRegressor's squared loss and its gradient are of two
#   functions: the loss is a mean over outputs too, the gradient is of the sum (K times larger).
# WRONG: loss ((y - t)^2).mean() / 2, gradient (y - t) / N.
import numpy as np


def squared_error(y_true, y_pred):
    return 0.5 * ((y_true - y_pred) ** 2).mean()


def squared_error_gradient(y_true, y_pred):
    return (y_pred - y_true) / y_true.shape[0]
