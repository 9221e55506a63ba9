def numerical_diff(f, x):
    h = 10e-4
    return (f(x + h) - f(x - h)) / (2 * h)


def partial_diff(f, x, idx):
    def g(v):
        z = x.copy()
        z[idx] = v
        return f(z)
    return numerical_diff(g, x[idx])
