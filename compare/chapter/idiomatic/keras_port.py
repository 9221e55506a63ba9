"""The network and its training in Keras, as its guides write them: Sequential, compile, fit."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

PARAMS = ("W1", "b1", "W2", "b2")


def cross_entropy_error(y: Any, t: Any) -> Any:
    """Keras's own loss of probabilities y (N, K), mean over samples; t one-hot or labels.

    >>> y = ops.array([[0.25, 0.75]])
    >>> [round(float(cross_entropy_error(y, t)), 4)
    ...  for t in (ops.array([1]), ops.array([[0.0, 1.0]]))]
    [0.2877, 0.2877]
    """
    one_hot = tuple(t.shape) == tuple(y.shape)
    loss = "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy"
    return ops.mean(keras.losses.get(loss)(t, y))


class TwoLayerNet:
    """A compiled Sequential model: Dense with a sigmoid, Dense with a softmax.

    >>> net = TwoLayerNet(4, 3, 2)
    >>> x, t = ops.ones((5, 4)), ops.array([0, 1, 1, 0, 1])
    >>> net.predict(x).shape, tuple(net.params["W1"].shape), 0.3 < net.accuracy(x, t) < 0.7
    ((5, 2), (4, 3), True)
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        self.classes = output_size
        self.model = keras.Sequential(
            [
                keras.Input((input_size,)),
                layers.Dense(hidden_size, activation="sigmoid"),
                layers.Dense(output_size, activation="softmax"),
            ]
        )
        self.model.compile(
            optimizer=keras.optimizers.SGD(),
            loss="categorical_crossentropy",
            metrics=["accuracy"],
        )
        self.params = dict(zip(PARAMS, self.model.trainable_weights, strict=True))

    def one_hot(self, t: Any) -> Any:
        """Labels (N,) as rows; rows (N, K) as they are. NumPy."""
        t = ops.convert_to_numpy(t)
        return t if t.ndim == 2 else keras.utils.to_categorical(t, self.classes)

    def predict(self, x: Any) -> Any:
        """Class probabilities (N, K), NumPy."""
        return self.model.predict(ops.convert_to_numpy(x), verbose=0)

    def evaluate(self, x: Any, t: Any) -> Any:
        """{"loss": ..., "accuracy": ...} of the whole set."""
        x, t = ops.convert_to_numpy(x), self.one_hot(t)
        return self.model.evaluate(x, t, batch_size=1000, verbose=0, return_dict=True)

    def loss(self, x: Any, t: Any) -> Any:
        """Return the loss that `evaluate` reports."""
        return self.evaluate(x, t)["loss"]

    def accuracy(self, x: Any, t: Any) -> float:
        """Return the accuracy that `evaluate` reports."""
        return float(self.evaluate(x, t)["accuracy"])

    def gradient(self, x: Any, t: Any) -> dict[str, Any]:
        """Return the gradient that `fit` descends, as a training loop of one's own takes it."""

        @tf.function  # type: ignore[untyped-decorator]  # TensorFlow ships no types
        def gradient(x: Any, t: Any) -> Any:
            with tf.GradientTape() as tape:
                loss = self.model.compute_loss(x, t, self.model(x, training=True))
            return tape.gradient(loss, [p.value for p in self.params.values()])

        return dict(zip(PARAMS, gradient(x, self.one_hot(t)), strict=True))


def make_batches(x: Any, t: Any, masks: np.ndarray) -> Any:
    """Return the rows of masks (steps, batch_size) as the batches of `fit`, a tf.data pipeline.

    A `keras.utils.PyDataset` does as well, but keeps every batch that it has ever given in memory.
    """
    rows = tf.data.Dataset.from_tensor_slices(masks)
    return rows.map(lambda mask: (tf.gather(x, mask), tf.gather(t, mask)))


class LossHistory(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """The loss of each batch as `fit` tells it, and copies of the parameters at some steps."""

    def __init__(self, network: TwoLayerNet, checkpoints: Sequence[int]) -> None:
        super().__init__()
        self.network, self.checkpoints = network, checkpoints
        self.losses: list[float] = []
        self.kept: dict[int, dict[str, np.ndarray]] = {}

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Keep the loss, and the parameters at a checkpoint."""
        self.losses.append(logs["loss"])
        step = len(self.losses)
        if step in self.checkpoints:
            params = self.network.params.items()
            self.kept[step] = {key: ops.convert_to_numpy(p).copy() for key, p in params}


def train(
    network: TwoLayerNet,
    x_train: Any,
    t_train: Any,
    x_test: Any,
    t_test: Any,
    batch_masks: Any,
    learning_rate: float = 0.1,
    iter_per_epoch: int | None = None,
    checkpoints: Sequence[int] = (),
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """`fit` from one evaluation of the chapter's to the next: each stretch is one of its epochs.

    Arguments and result are those of `reference.train`. The curves are those of `fit` itself: its
    loss per batch, its training accuracy, and the accuracy of its validation data.
    """
    masks = np.asarray(batch_masks)
    if iter_per_epoch is None:
        iter_per_epoch = max(x_train.shape[0] // masks.shape[1], 1)
    x, t = tf.convert_to_tensor(x_train), tf.convert_to_tensor(network.one_hot(t_train))
    # made once: arrays would be copied anew, and kept, by every call of fit
    validation = tf.data.Dataset.from_tensor_slices((x_test, network.one_hot(t_test))).batch(1000)
    network.model.optimizer.learning_rate = learning_rate
    history = LossHistory(network, checkpoints)
    accuracy_steps, train_acc, test_acc = [], [], []
    ends = [step + 1 for step in range(0, len(masks), iter_per_epoch)]
    for begin, end in zip([0, *ends], [*ends, len(masks)], strict=True):
        if begin == end:
            break
        logs = network.model.fit(
            make_batches(x, t, masks[begin:end]),
            shuffle=False,
            verbose=0,
            callbacks=[history],
            validation_data=validation if end in ends else None,
        ).history
        if end in ends:
            accuracy_steps.append(end)
            train_acc += logs["accuracy"]
            test_acc += logs["val_accuracy"]
            if progress is not None:
                progress(end)
    return {
        "train_loss_list": history.losses,
        "accuracy_steps": accuracy_steps,
        "train_acc_list": train_acc,
        "test_acc_list": test_acc,
        "checkpoints": history.kept,
    }
