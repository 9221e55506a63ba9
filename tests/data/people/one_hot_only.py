import numpy as np


def cross_entropy_error(y, t):
    delta = 1e-7
    if y.ndim == 1:
        y = y[np.newaxis, :]
        t = t[np.newaxis, :]
    return -np.sum(np.log(y + delta) * t) / y.shape[0]


# ミニバッチの確認
if __name__ == '__main__':
    yy = np.full((2, 4), 0.25)
    print(cross_entropy_error(yy, np.eye(4)[:2]))
