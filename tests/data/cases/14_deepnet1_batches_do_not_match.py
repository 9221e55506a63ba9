# SOURCE cran/deepnet#1 (2014-07-24): "make the mini-batches match for inputs and outputs".
# WRONG: images and labels of a batch are drawn separately: labels belong to other images.
import sys

import numpy as np
from trueport import Recorder
from trueport.reference import TwoLayerNet

rng = np.random.RandomState(7)
with Recorder(sys.argv[1], steps=60, data="embedded") as rec:
    (x_train, t_train), _ = rec.data
    net = TwoLayerNet(784, 50, 10)
    net.params = rec.params
    for rows in rec.batches():
        x = x_train[rows]
        t = t_train[rng.choice(len(t_train), len(rows))]  # drawn again
        g = net.gradient(x, t)
        for k in net.params:
            net.params[k] -= 0.1 * g[k]
        rec.step(loss=net.loss(x, t), grads=g, params=net.params)
    rec.check()
