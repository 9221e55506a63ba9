"""No brackets (F80) with another step, 1e-3 (F59)."""

def numerical_diff(f, x):
    h = 1e-3
    return (f(x + h) - f(x - h)) / 2 * h
