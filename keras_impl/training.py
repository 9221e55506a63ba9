"""Mini-batch training (sections 4.5.2 and 4.5.3)."""

import keras
from keras import ops

from .losses import check_labels

if keras.config.backend() == "tensorflow":
    import tensorflow as tf

CHUNK = 500  # steps in one call of the compiled loop: an interrupt waits for one chunk at most
ROWS = 10_000  # evaluated at a time: fewer, and calling the operations took longer than they


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

    The loop itself runs in a `tf.function` (see `_compiled_steps`), from one evaluation or
    checkpoint to the next, so that Python is not called for each step.

    network: a TwoLayerNet. x_train (N, D), t_train (N, K) or (N,); x_test, t_test likewise; images
    narrower than the parameters (float32, float64) are widened one batch at a time.
    batch_masks: (steps, batch_size) integers, tensor or array, the rows of x_train that each step
    uses (see `batch_masks` of the MNIST file). learning_rate: the step size. iter_per_epoch:
    accuracy is taken after every so many steps, the first step included; None for
    max(N // batch_size, 1). checkpoints: numbers of steps after which the parameters are copied.
    progress: a function called with the number of steps done, now and then.

    Returns a dict: "train_loss_list" (steps,), the loss after each update on the batch just used;
    "accuracy_steps", the number of steps done at each evaluation, "train_acc_list" and
    "test_acc_list" of the same length, on the whole sets; "checkpoints", step to params.
    Source: sections 4.5.2 and 4.5.3.

    >>> from keras_impl import TwoLayerNet
    >>> x, t = ops.eye(4), ops.arange(4)
    >>> net = TwoLayerNet(4, 8, 4, seed=0)
    >>> trace = train(net, x, t, x, t, ops.tile(ops.arange(4), (300, 1)), learning_rate=2.0)
    >>> round(trace["train_loss_list"][0], 1), trace["test_acc_list"][-1]
    (1.4, 1.0)
    """
    masks = ops.convert_to_tensor(batch_masks, dtype="int64")
    num_steps = masks.shape[0]
    if iter_per_epoch is None:
        iter_per_epoch = max(x_train.shape[0] // masks.shape[1], 1)
    if keras.config.backend() != "tensorflow":
        settings = learning_rate, iter_per_epoch, checkpoints, progress
        return _train_eagerly(network, x_train, t_train, x_test, t_test, masks, *settings)
    x_train, x_test, t_train, t_test = map(tf.convert_to_tensor, (x_train, x_test, t_train, t_test))
    if len(t_train.shape) == 1:  # the compiled loop cannot look at its labels
        check_labels(t_train, x_train.shape[0], network.params["b2"].shape[0])
    run_steps = _compiled_steps(network, x_train, t_train, masks.shape[1], learning_rate)

    train_loss_list, accuracy_steps, train_acc_list, test_acc_list = [], [], [], []
    kept = {}
    evaluations = {i + 1 for i in range(num_steps) if i % iter_per_epoch == 0}
    copies = {step for step in checkpoints if 1 <= step <= num_steps}
    done = 0
    for stop in sorted(evaluations | copies | set(range(CHUNK, num_steps, CHUNK)) | {num_steps}):
        train_loss_list.extend(run_steps(masks[done:stop]).numpy().tolist())
        done = stop
        if done in evaluations:
            accuracy_steps.append(done)
            train_acc_list.append(accuracy(network, x_train, t_train))
            test_acc_list.append(accuracy(network, x_test, t_test))
        if done in copies:
            kept[done] = {key: tf.identity(p.value) for key, p in network.params.items()}
        if progress is not None:
            progress(done)
    return {
        "train_loss_list": train_loss_list,
        "accuracy_steps": accuracy_steps,
        "train_acc_list": train_acc_list,
        "test_acc_list": test_acc_list,
        "checkpoints": kept,
    }


def _compiled_steps(network, x_train, t_train, batch_size, learning_rate):
    """Compile the plain loop of section 4.5.2 as a `tf.function` of batch_masks; TensorFlow alone.

    It is a `tf.while_loop`, not a `for` that AutoGraph rewrites with all that it calls: that took
    five times as long. To trace it still takes as long as some hundred steps, so a network keeps
    its own, and a training that goes on with the same arrays and settings finds it there. What else
    a network holds may be a constant in it: a network with more than `params` has it traced anew.
    """
    methods = type(network).gradient, type(network).loss
    held = [network, x_train, t_train, *methods, *network.params.values()]
    numbers = batch_size, float(learning_rate), len(held)
    kept = vars(network).get("compiled_steps")
    if kept is not None and vars(network).keys() == {"params", "compiled_steps"}:
        same = zip(kept["held"], held, strict=False)
        if kept["numbers"] == numbers and all(before is now for before, now in same):
            return kept["run_steps"]
    dtype = network.params["W1"].dtype

    @tf.function(input_signature=[tf.TensorSpec((None, batch_size), tf.int64)], autograph=False)
    def run_steps(masks):
        def step(i, losses):
            x_batch, t_batch = tf.gather(x_train, masks[i]), tf.gather(t_train, masks[i])
            x_batch = tf.cast(x_batch, dtype)

            grad = network.gradient(x_batch, t_batch)
            for key in ("W1", "b1", "W2", "b2"):
                network.params[key].assign_sub(learning_rate * grad[key])
            losses = losses.write(i, network.loss(x_batch, t_batch))
            return i + 1, losses

        num_steps = tf.shape(masks)[0]
        losses = tf.TensorArray(dtype, size=num_steps)
        _, losses = tf.while_loop(lambda i, _: i < num_steps, step, (0, losses))
        return losses.stack()

    network.compiled_steps = {"held": held, "numbers": numbers, "run_steps": run_steps}
    return run_steps


def accuracy(network, x, t):
    """Return network.accuracy(x, t), the same number, `ROWS` rows at a time.

    The hidden units of 60,000 images at once fill some 24 MB, several times over, and float32
    images beside float64 parameters are widened to 376 MB.

    >>> from keras_impl import TwoLayerNet
    >>> net, x, t = TwoLayerNet(2, 3, 4, seed=0), ops.ones((25_000, 2)), ops.arange(25_000) % 4
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


def _train_eagerly(
    network, x_train, t_train, x_test, t_test, masks, lr, iter_per_epoch, checkpoints, progress
):
    """Train in the plain loop of `train`, in Keras's own operations, for torch and JAX."""
    losses, steps, train_acc, test_acc, kept = [], [], [], [], {}
    for step, rows in enumerate(ops.convert_to_numpy(masks), 1):
        x_batch, t_batch = ops.take(x_train, rows, axis=0), ops.take(t_train, rows, axis=0)
        x_batch = ops.cast(x_batch, network.params["W1"].dtype)

        grads = network.gradient(x_batch, t_batch)
        for key, p in network.params.items():
            p.assign(ops.subtract(p, lr * grads[key]))
        losses.append(float(network.loss(x_batch, t_batch)))

        if (step - 1) % iter_per_epoch == 0:
            steps.append(step)
            train_acc.append(accuracy(network, x_train, t_train))
            test_acc.append(accuracy(network, x_test, t_test))
            if progress is not None:
                progress(step)
        if step in checkpoints:
            kept[step] = {key: ops.convert_to_numpy(p).copy() for key, p in network.params.items()}
    return {
        "train_loss_list": losses,
        "accuracy_steps": steps,
        "train_acc_list": train_acc,
        "test_acc_list": test_acc,
        "checkpoints": kept,
    }
