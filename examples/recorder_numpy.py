"""The chapter's training loop (section 4.5.2), recorded and judged.

python examples/recorder_numpy.py [FOLDER]

The lines with `rec` are new.
"""

import sys

from trueport import Recorder
from trueport.reference import TwoLayerNet

learning_rate = 0.1
network = TwoLayerNet(input_size=784, hidden_size=50, output_size=10)

with Recorder(sys.argv[1] if sys.argv[1:] else "runs/numpy", steps=200, data="embedded") as rec:
    (x_train, t_train), (x_test, t_test) = rec.data
    network.params = rec.params

    for batch_mask in rec.batches():
        x_batch = x_train[batch_mask]
        t_batch = t_train[batch_mask]

        # gradient
        grad = network.gradient(x_batch, t_batch)

        # renew parameter
        for key in ("W1", "b1", "W2", "b2"):
            network.params[key] -= learning_rate * grad[key]

        loss = network.loss(x_batch, t_batch)
        rec.step(loss=loss, grads=grad, params=network.params)

    rec.check()
