# 수치 미분
import numpy as np


def numerical_diff(f, x):
    h = 1e-4  # 0.0001
    df = f(x + h) - f(x - h)
    return df / 2 * h


def func(x):
    return 0.01 * x ** 2 + 0.1 * x


for point in (5, 10):
    print(point, numerical_diff(func, point))
