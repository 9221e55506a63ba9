# 활성화 함수 모음 (chapter 3 -> 4)
import numpy as np
import matplotlib.pylab as plt


def step_function(x):
    return np.array(x > 0, dtype=int)


def sigmoid(x):
    return 1 / (1 + np.exp(x))


def relu(x):
    return np.maximum(0, x)


def softmax(a):
    a = a - a.max(axis=-1, keepdims=True)
    exp_a = np.exp(a)
    return exp_a / exp_a.sum(axis=-1, keepdims=True)


x = np.arange(-5.0, 5.0, 0.1)
plt.plot(x, sigmoid(x))
plt.ylim(-0.1, 1.1)
plt.show()
