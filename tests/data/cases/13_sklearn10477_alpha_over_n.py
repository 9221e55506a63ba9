# SOURCE scikit-learn/scikit-learn#10477, #6780 (2018-01-15): MLPClassifier trains differently from the
#   same net in Keras with the same L2 strength.
# WRONG (a convention): scikit-learn divides alpha by the batch size: gradient + alpha / n * W, of the
#   weights alone; Keras does not divide.
import sys

from trueport import Recorder
from trueport.reference import TwoLayerNet

alpha, lr = 1.0, 0.1
with Recorder(sys.argv[1], steps=60, data="embedded") as rec:
    (x_train, t_train), _ = rec.data
    net = TwoLayerNet(784, 50, 10)
    net.params = rec.params
    for rows in rec.batches():
        x, t = x_train[rows], t_train[rows]
        g = net.gradient(x, t)
        for k in ("W1", "W2"):
            net.params[k] -= lr * (g[k] + alpha / len(x) * net.params[k])
        for k in ("b1", "b2"):
            net.params[k] -= lr * g[k]
        rec.step(loss=net.loss(x, t), grads=g, params=net.params)
    rec.check()
