"""Mini-batch training (sections 4.5.2 and 4.5.3)."""

ROWS = 1000  # evaluated at a time: what they become on the way fits the processor's cache


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

    network: a TwoLayerNet. x_train (N, D), t_train (N, K) or (N,); x_test, t_test likewise; images
    narrower than the parameters (float32, float64) are widened one batch at a time.
    batch_masks: (steps, batch_size) integers, the rows of x_train that each step uses (see
    `batch_masks` of the MNIST file). learning_rate: the step size. iter_per_epoch: accuracy is
    taken after every so many steps, the first step included; None for max(N // batch_size, 1).
    checkpoints: numbers of steps after which the parameters are copied. progress: a function
    called with the number of steps done, now and then.

    Returns a dict: "train_loss_list" (steps,), the loss after each update on the batch just used;
    "accuracy_steps", the number of steps done at each evaluation, "train_acc_list" and
    "test_acc_list" of the same length, on the whole sets; "checkpoints", step to params.
    Source: sections 4.5.2 and 4.5.3.

    >>> import numpy as np
    >>> from reference import TwoLayerNet
    >>> x, t = np.eye(4), np.arange(4)
    >>> net = TwoLayerNet(4, 8, 4, seed=0)
    >>> trace = train(net, x, t, x, t, np.tile(np.arange(4), (300, 1)), learning_rate=2.0)
    >>> round(float(trace["train_loss_list"][0]), 2), trace["test_acc_list"][-1]
    (1.39, 1.0)
    """
    if iter_per_epoch is None:
        iter_per_epoch = max(x_train.shape[0] // batch_masks.shape[1], 1)
    train_loss_list, accuracy_steps, train_acc_list, test_acc_list = [], [], [], []
    dtype = network.params["W1"].dtype
    kept = {}
    for i, batch_mask in enumerate(batch_masks):
        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]
        if x_batch.dtype != dtype:  # once, and not again in each of the three products
            x_batch = x_batch.astype(dtype)

        grad = network.gradient(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            network.params[key] -= learning_rate * grad[key]
        train_loss_list.append(network.loss(x_batch, t_batch))

        if i % iter_per_epoch == 0:
            accuracy_steps.append(i + 1)
            train_acc_list.append(accuracy(network, x_train, t_train))
            test_acc_list.append(accuracy(network, x_test, t_test))
            if progress is not None:
                progress(i + 1)
        if i + 1 in checkpoints:
            kept[i + 1] = {key: p.copy() for key, p in network.params.items()}
    return {
        "train_loss_list": train_loss_list,
        "accuracy_steps": accuracy_steps,
        "train_acc_list": train_acc_list,
        "test_acc_list": test_acc_list,
        "checkpoints": kept,
    }


def accuracy(network, x, t):
    """Return network.accuracy(x, t), the same number, `ROWS` rows at a time.

    The hidden units of 60,000 images at once fill some 24 MB, several times over, and float32
    images beside float64 parameters are widened to 376 MB.

    >>> import numpy as np
    >>> from reference import TwoLayerNet
    >>> net, x, t = TwoLayerNet(2, 3, 4, seed=0), np.ones((2500, 2)), np.arange(2500) % 4
    >>> accuracy(net, x, t) == net.accuracy(x, t)
    True
    """
    if x.shape[0] <= ROWS:
        return network.accuracy(x, t)
    right = 0.0
    for start in range(0, x.shape[0], ROWS):
        x_rows, t_rows = x[start : start + ROWS], t[start : start + ROWS]
        right += network.accuracy(x_rows, t_rows) * x_rows.shape[0]
    return round(right, 6) / x.shape[0]  # shares of rows add up to a whole number of rows
