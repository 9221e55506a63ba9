"""The book's bad example: forward difference with its own step and no argument h."""

def numerical_diff(f, x):
    h = 1e-4
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_diff_bad(f, x):
    h = 1e-4
    return (f(x + h) - f(x)) / h
