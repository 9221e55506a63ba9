# 4장 손실 함수 연습
import numpy as np


def mean_squared_error(y, t):
    diff = y - t
    return np.sum(diff * diff) / 2


def cross_entropy_error(y, t):
    # 원소가 하나뿐이면 배치로 바꾼다
    if y.ndim == 1:
        y = y.reshape(1, -1)
        t = np.array(t).reshape(1, -1) if np.size(t) == y.size else np.array(t).reshape(1)
    n = len(y)
    if t.size == y.size:
        return np.sum(t * np.log(y + 1e-7)) / n
    return np.sum(np.log(y[range(n), t] + 1e-7)) / n


y = np.array([0.1, 0.7, 0.2])
print(mean_squared_error(y, np.array([0, 1, 0])))
print(cross_entropy_error(y, np.array([0, 1, 0])))
