"""Mini-batch training (sections 4.5.2 and 4.5.3)."""

import jax
import numpy as np

from jax_impl.networks import loss_with

ROWS = 10_000  # evaluated at a time: 60,000 images beside float64 parameters are widened to 376 MB


@jax.jit
def step(params, x_batch, t_batch, learning_rate):
    """One update: the new parameters, and the loss that they have on the batch just used."""
    grad = jax.grad(loss_with)(params, x_batch, t_batch)
    params = {key: p - learning_rate * grad[key] for key, p in params.items()}
    return params, loss_with(params, x_batch, t_batch)


def train(
    network,
    x_train,
    t_train,
    x_test,
    t_test,
    batch_masks,
    learning_rate=0.1,
    iter_per_epoch=None,
    checkpoints=(),
    progress=None,
):
    """Train network in place by stochastic gradient descent on the given mini-batches.

    Arguments and result are those of `reference.train`.
    Source: sections 4.5.2 and 4.5.3.
    """
    masks = np.asarray(batch_masks)
    if iter_per_epoch is None:
        iter_per_epoch = max(x_train.shape[0] // masks.shape[1], 1)
    train_loss_list, accuracy_steps, train_acc_list, test_acc_list = [], [], [], []
    kept = {}
    for i, batch_mask in enumerate(masks):
        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]
        network.params, loss = step(network.params, x_batch, t_batch, learning_rate)
        train_loss_list.append(loss)

        if i % iter_per_epoch == 0:
            accuracy_steps.append(i + 1)
            train_acc_list.append(accuracy(network, x_train, t_train))
            test_acc_list.append(accuracy(network, x_test, t_test))
            if progress is not None:
                progress(i + 1)
        if i + 1 in checkpoints:
            kept[i + 1] = dict(network.params)
    return {
        "train_loss_list": [float(loss) for loss in train_loss_list],
        "accuracy_steps": accuracy_steps,
        "train_acc_list": train_acc_list,
        "test_acc_list": test_acc_list,
        "checkpoints": kept,
    }


def accuracy(network, x, t):
    """network.accuracy(x, t), the same number, `ROWS` rows at a time."""
    right = 0.0
    for start in range(0, x.shape[0], ROWS):
        x_rows, t_rows = x[start : start + ROWS], t[start : start + ROWS]
        right += network.accuracy(x_rows, t_rows) * x_rows.shape[0]
    return round(right, 6) / x.shape[0]  # shares of rows add up to a whole number of rows
