# 밑바닥부터 시작하는 딥러닝 4장 — 학습 스크립트
import numpy as np
import matplotlib.pyplot as plt
import sys, os
sys.path.append(os.pardir)  # 부모 디렉터리
from dataset.mnist import load_mnist
from common.functions import *


def mean_squared_error(y, t):
    """오차제곱합"""
    return 0.5 * np.sum((y - t) ** 2)


class twoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {}
        self.params['W1'] = weight_init_std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def predict(self, x):
        z1 = sigmoid(np.dot(x, self.params['W1']) + self.params['b1'])
        return softmax(np.dot(z1, self.params['W2']) + self.params['b2'])

    def compute_loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def gradient(self, x, t):  # 오차역전파법
        if t.ndim == 1:
            t = np.eye(self.params['b2'].size)[t]
        z1 = sigmoid(np.dot(x, self.params['W1']) + self.params['b1'])
        y = softmax(np.dot(z1, self.params['W2']) + self.params['b2'])
        dy = (y - t) / x.shape[0]
        da = np.dot(dy, self.params['W2'].T) * sigmoid_grad(np.dot(x, self.params['W1']) + self.params['b1'])
        return {'dW1': np.dot(x.T, da), 'db1': da.sum(axis=0), 'dW2': np.dot(z1.T, dy), 'db2': dy.sum(axis=0)}


(x_train, t_train), (x_test, t_test) = load_mnist(normalize=True, one_hot_label=True)
net = twoLayerNet(784, 50, 10)
losses = []
for i in range(10000):
    mask = np.random.choice(60000, 100)
    grad = net.gradient(x_train[mask], t_train[mask])
    for key in ('W1', 'b1', 'W2', 'b2'):
        net.params[key] -= 0.1 * grad['d' + key]
    losses.append(net.compute_loss(x_train[mask], t_train[mask]))
plt.plot(losses)
plt.show()
