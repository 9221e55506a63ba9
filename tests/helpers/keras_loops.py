"""Training loops as people write them in Keras, recorded: python keras_loops.py FOLDER DIGITS."""

import sys
from pathlib import Path

import keras
from keras import layers

from trueport import Recorder

STEPS, BATCH = 10, 20


def cross_entropy(t, y):
    return -keras.ops.mean(keras.ops.sum(t * keras.ops.log(y + 1e-7), axis=-1))


def build(rec, optimizer):
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(50, activation="sigmoid"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer=optimizer, loss=cross_entropy)
    model.set_weights([rec.params[key] for key in ("W1", "b1", "W2", "b2")])
    return model


def batches(folder, digits, optimizer):
    """train_on_batch, and the loss evaluated after it."""
    rec = Recorder(folder, steps=STEPS, batch_size=BATCH, data=digits, dtype="float32")
    (x_train, t_train), _ = rec.data
    model = build(rec, optimizer)
    for mask in rec.batches():
        x, t = x_train[mask], t_train[mask]
        model.train_on_batch(x, t)
        rec.step(loss=cross_entropy(t, model(x)), params=model.get_weights())


def callback(folder, digits):
    """fit over the batches handed out; its logs are means over the epoch so far."""
    rec = Recorder(folder, steps=STEPS, batch_size=BATCH, data=digits, dtype="float32")
    (x_train, t_train), _ = rec.data
    model = build(rec, keras.optimizers.SGD(0.1))

    class Record(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            rec.step(loss=logs["loss"], params=self.model.get_weights())

    rows = rec.batch_masks.reshape(-1)
    how = {"callbacks": [Record()], "shuffle": False, "verbose": 0}
    model.fit(x_train[rows], t_train[rows], batch_size=BATCH, **how)
    rec.save()


if __name__ == "__main__":
    out, digits = Path(sys.argv[1]), sys.argv[2]
    batches(out / "right", digits, keras.optimizers.SGD(0.1))
    batches(out / "momentum", digits, keras.optimizers.SGD(0.1, momentum=0.9))
    callback(out / "callback", digits)
