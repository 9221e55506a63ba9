import numpy as np


def numerical_diff(f, x, h=1e-4):
    def around(sign):
        return f(x + sign * h)

    return (around(+1) - around(-1)) / (2 * h)


def partial_diff(f, x, idx):
    def with_value(v):
        def other(i):
            return v if i == idx else x[i]
        return f(np.array([other(i) for i in range(len(x))]))

    return numerical_diff(with_value, x[idx])


def numerical_gradient(f, x):
    # 정수 배열은 실수로 바꿔서 계산
    if not np.issubdtype(x.dtype, np.inexact):
        x = x.astype(np.float64)

    def at(idx):
        keep = x[idx]

        def value(v):
            x[idx] = v
            try:
                return f(x)
            finally:
                x[idx] = keep

        return (value(keep + 1e-4) - value(keep - 1e-4)) / 2e-4

    out = np.empty(x.shape, x.dtype)
    for idx in np.ndindex(x.shape):
        out[idx] = at(idx)
    return out


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    def step(x, left):
        return x if left == 0 else step(x - lr * numerical_gradient(f, x), left - 1)

    return step(np.array(init_x), step_num)
