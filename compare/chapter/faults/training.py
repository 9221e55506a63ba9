"""Faults in the mini-batch loop: batches, update, and what is logged."""

from ...suite.fault import Fault, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import combine_edits

IN_PLACE_UPDATE_FIX = fix_per_framework(
    "params[key] -= learning_rate * grad[key]",
    "with torch.no_grad(): p -= learning_rate * p.grad",
    "p.assign_sub(learning_rate * grad)",
)
EVERY_PARAMETER_FIX = fix_per_framework(
    "Update all four arrays.",
    "Hand the optimizer the tensors that the network uses now; change them in place.",
    "Assign to variables; do not replace them once the optimizer is built.",
)


def make_never_updated_fault(left_out: str) -> Fault:
    """Make the fault of a parameter that is never updated."""
    kept = ", ".join(f'"{key}"' for key in ("W1", "b1", "W2", "b2") if key != left_out)
    return Fault(
        "F31",
        form=left_out,
        name="parameter that is never updated",
        kind="fault",
        does=f"{left_out} stays as it was, though its gradient is not 0: the optimizer holds "
        "another object.",
        fix=EVERY_PARAMETER_FIX,
        edits=at.UPDATED.replace_everywhere(f"for key in ({kept}):"),
    )


TRAINING_FAULTS = (
    make_fault(
        "F14",
        name="checkpoint that goes on changing",
        does="The parameters are kept by reference: every checkpoint ends as the last state.",
        fix=fix_per_framework(
            "{key: p.copy() for key, p in params.items()}",
            "copy.deepcopy(net.state_dict())",
            "{key: p.numpy().copy() for key, p in params.items()}",
        ),
        edits=at.CHECKPOINT.replace_everywhere("key: p for key"),
    ),
    make_fault(
        "F17",
        name="training accuracy averaged while the network learns",
        kind="convention",
        does="The accuracies of the batches since the last evaluation, each before its update, are "
        "averaged, as Keras's fit reports: the curve lags.",
        fix=fix_per_framework(
            "Take network.accuracy(x_train, t_train) at the end of the epoch.",
            "Evaluate the whole training set at the end of the epoch.",
            "Call evaluate(x_train, t_train); do not read the history of fit.",
        ),
        edits=combine_edits(
            at.BEFORE_LOOP("kept, seen = {}, []", "kept, seen = {}, []"),
            at.STEP_GRADIENT(
                "seen.append(network.accuracy(x_batch, t_batch))\n"
                "        grad = network.gradient(x_batch, t_batch)",
                "seen.append(network.accuracy(x_batch, t_batch))\n"
                "        grad = network.gradient(x_batch, t_batch)",
            ),
            at.TRAIN_ACCURACY(
                "train_acc_list.append(sum(seen) / len(seen))\n            seen.clear()",
                "train_acc_list.append(sum(seen) / len(seen))\n            seen.clear()",
            ),
        ),
    ),
    make_fault(
        "F17/fit",
        name="loss and training accuracy averaged while the network learns",
        kind="convention",
        does="What fit logs of a batch is the mean since the epoch began, of the loss and of the "
        "accuracy, and each was taken before its update: both curves lag.",
        fix=fix_per_framework(
            "Log network.loss(x_batch, t_batch); take the accuracy of the whole set.",
            "Log loss.item(); evaluate the whole training set at the end of the epoch.",
            "Call reset_metrics() in on_train_batch_begin for the loss, evaluate for the accuracy.",
        ),
        edits=combine_edits(
            at.BEFORE_LOOP("kept, seen = {}, []"),
            at.STEP_GRADIENT(
                "seen.append(network.accuracy(x_batch, t_batch))\n"
                "        grad = network.gradient(x_batch, t_batch)"
            ),
            at.TRAIN_ACCURACY(
                "train_acc_list.append(sum(seen) / len(seen))\n            seen.clear()"
            ),
            at.RETURNED_LOSS(
                '"train_loss_list": [\n'
                "            sum(epoch) / len(epoch)\n"
                "            for i in range(len(train_loss_list))\n"
                "            for done in [(i - 1) // iter_per_epoch * iter_per_epoch + 1]\n"
                "            for epoch in [train_loss_list[max(0, done) : i + 1]]\n"
                "        ]"
            ),
        ),
    ),
    make_fault(
        "F18",
        name="gradients never set back to zero",
        does="Each update uses the sum of all gradients so far: the first step is right, and no "
        "other.",
        fix=fix_per_framework(
            "grad = network.gradient(...), anew in every step",
            "optimizer.zero_grad() before every backward()",
            "Open a new tape, or set the buffers to zero, in every step.",
        ),
        edits=combine_edits(
            at.BEFORE_LOOP(
                "kept, total = {}, {}",
                "kept, total = {}, {}",
                "total = {key: tf.Variable(tf.zeros_like(p.value)) "
                "for key, p in network.params.items()}\n\n    @tf.function(input_signature",
            ),
            at.STEP_GRADIENT(
                "grad = network.gradient(x_batch, t_batch)\n"
                "        total = {key: total.get(key, 0.0) + g for key, g in grad.items()}\n"
                "        grad = total",
                "grad = network.gradient(x_batch, t_batch)\n"
                "        total = {key: total.get(key, 0.0) + g for key, g in grad.items()}\n"
                "        grad = total",
                "grad = network.gradient(x_batch, t_batch)\n"
                "            grad = {key: total[key].assign_add(g) for key, g in grad.items()}",
            ),
        ),
    ),
    make_never_updated_fault("W1"),
    make_never_updated_fault("b1"),
    make_never_updated_fault("b2"),
    make_fault(
        "F32",
        name="update that is lost",
        does="A local name gets the new value, and the network keeps the old: nothing moves.",
        fix=IN_PLACE_UPDATE_FIX,
        edits=at.UPDATE(
            "p = network.params[key]\n            p = p - learning_rate * grad[key]",
            "p = network.params[key]\n                p = p - learning_rate * grad[key]",
            "p = network.params[key]\n                p = p - learning_rate * grad[key]",
        ),
    ),
    make_fault(
        "F34/train",
        name="batches in the order of the file",
        does="The rows given are ignored and taken one after the other instead.",
        fix=fix_per_framework(
            "x_train[batch_mask]",
            "DataLoader(dataset, shuffle=True)",
            "fit(shuffle=True), and keep what Dataset.shuffle returns",
        ),
        edits=combine_edits(
            at.BATCH(
                "size = batch_mask.shape[0]\n"
                "        batch_mask = [(i * size + j) % x_train.shape[0] for j in range(size)]\n"
                "        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]",
                "size = batch_mask.shape[0]\n"
                "        batch_mask = [(i * size + j) % x_train.shape[0] for j in range(size)]\n"
                "        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]",
            ),
            at.STEPS(
                keras="num_steps, size = masks.shape\n"
                "    masks = ops.arange(num_steps * size) % x_train.shape[0]\n"
                '    masks = ops.cast(ops.reshape(masks, (num_steps, size)), "int64")'
            ),
        ),
    ),
    make_fault(
        "F39/per step",
        name="learning rate that falls with every step",
        kind="convention",
        does="lr / (1 + 0.01 i) with i the number of steps, as the old Keras optimizers count; the "
        "first step is the same.",
        fix="Keep the learning rate constant, or count epochs.",
        edits=combine_edits(
            at.BEFORE_LOOP(
                keras="counter = tf.Variable(0, dtype=dtype)\n\n    @tf.function(input_signature"
            ),
            at.STEP_GRADIENT(
                keras="grad = network.gradient(x_batch, t_batch)\n"
                "            step = counter.assign_add(1) - 1"
            ),
            at.UPDATE(
                "network.params[key] -= learning_rate / (1.0 + 0.01 * i) * grad[key]",
                "network.params[key] -= learning_rate / (1.0 + 0.01 * i) * grad[key]",
                "rate = learning_rate / (1.0 + 0.01 * step)\n"
                "                network.params[key].assign_sub(rate * grad[key])",
            ),
        ),
    ),
    make_fault(
        "F39/per epoch",
        name="learning rate that falls with every epoch",
        kind="convention",
        does="lr / (1 + 0.01 e) with e the number of whole epochs; the first epoch is the same.",
        fix="Keep the learning rate constant.",
        edits=at.UPDATE(
            "rate = learning_rate / (1.0 + 0.01 * (i // iter_per_epoch))\n"
            "            network.params[key] -= rate * grad[key]",
            "rate = learning_rate / (1.0 + 0.01 * (i // iter_per_epoch))\n"
            "                network.params[key] -= rate * grad[key]",
        ),
    ),
    make_fault(
        "F67",
        name="images and labels in different orders",
        does="Each image is trained on the label of another of its batch: the network learns "
        "nothing.",
        fix="Index images and labels with one and the same array.",
        edits=at.BATCH(
            "x_batch, t_batch = x_train[batch_mask], t_train[batch_mask[::-1]]",
            "x_batch, t_batch = x_train[batch_mask], t_train[batch_mask.flip(0)]",
            "x_batch, t_batch = tf.gather(x_train, masks[i]), tf.gather(t_train, masks[i][::-1])",
        ),
    ),
    make_fault(
        "F75",
        name="train and test curves exchanged",
        does="The accuracy on the test set is logged as that on the training set, and the other "
        "way about.",
        fix="Keep train and test in order.",
        edits=combine_edits(
            at.RETURNED.replace_everywhere('"train_acc_list": test_acc_list'),
            at.RETURNED_TEST.replace_everywhere('"test_acc_list": train_acc_list'),
        ),
    ),
    make_fault(
        "F78",
        name="loss logged before the update",
        kind="convention",
        does="The loss that made the step is logged, where the chapter logs the loss of the same "
        "batch after it: larger by about lr |g|^2.",
        fix="Call loss(x_batch, t_batch) after the update.",
        edits=combine_edits(
            at.STEP_GRADIENT(
                "before = network.loss(x_batch, t_batch)\n"
                "        grad = network.gradient(x_batch, t_batch)",
                "before = network.loss(x_batch, t_batch)\n"
                "        grad = network.gradient(x_batch, t_batch)",
                "before = network.loss(x_batch, t_batch)\n"
                "            grad = network.gradient(x_batch, t_batch)",
            ),
            at.LOGGED(
                "train_loss_list.append(before)",
                "train_loss_list.append(before.item())",
                "losses = losses.write(i, before)",
            ),
        ),
    ),
    make_fault(
        "F79",
        name="steps of an epoch not a whole number",
        does="i % (60000 / 128) is 0 once in four epochs: most evaluations are left out.",
        fix="Divide with //.",
        edits=at.EPOCH(
            "max(x_train.shape[0] / batch_masks.shape[1], 1)",
            "max(x_train.shape[0] / batch_masks.shape[1], 1)",
            "max(x_train.shape[0] / masks.shape[1], 1)",
        ),
    ),
)
