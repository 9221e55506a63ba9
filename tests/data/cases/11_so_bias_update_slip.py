# SOURCE Stack Overflow, answer to one's own question (2023/24, reported at bot.dharman.net
#   reports id 1943234): MNIST net from scratch at 10 %; "I updated the derivatives instead of the
#   layers": db1 = b1 - alpha * db1.
# WRONG: the biases never move (the result goes into db1); weights are right.
import sys

import numpy as np
from trueport import Recorder
from trueport.reference import TwoLayerNet

folder = sys.argv[1]
with Recorder(folder, steps=60, data="embedded") as rec:
    (x_train, t_train), _ = rec.data
    net = TwoLayerNet(784, 50, 10)
    net.params = rec.params
    for rows in rec.batches():
        x, t = x_train[rows], t_train[rows]
        g = net.gradient(x, t)
        W1, b1, W2, b2 = (net.params[k] for k in ("W1", "b1", "W2", "b2"))
        dW1, db1, dW2, db2 = (g[k].copy() for k in ("W1", "b1", "W2", "b2"))
        W1 = W1 - 0.1 * dW1
        db1 = b1 - 0.1 * db1
        W2 = W2 - 0.1 * dW2
        db2 = b2 - 0.1 * db2
        net.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        rec.step(loss=net.loss(x, t), grads=g, params=net.params)
    rec.check()
