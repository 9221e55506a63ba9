"""Losses in Keras."""

import keras
from keras import ops


def cross_entropy(logits, labels, smoothing=0.0):
    target = ops.one_hot(labels, logits.shape[-1], dtype=logits.dtype)
    losses = keras.losses.categorical_crossentropy(
        target, logits, from_logits=True, label_smoothing=smoothing
    )
    return ops.mean(losses)


def binary_cross_entropy(logits, targets):
    return ops.mean(ops.binary_crossentropy(targets, logits, from_logits=True))


def focal_loss(logits, targets, alpha=0.25, gamma=2.0):
    # keras.losses.binary_focal_crossentropy clips probabilities at 1e-7, and not those of logits
    loss = ops.binary_crossentropy(targets, logits, from_logits=True)
    p = ops.sigmoid(logits)
    p_right = p * targets + (1 - p) * (1 - targets)
    weight = alpha * targets + (1 - alpha) * (1 - targets)
    return ops.mean(weight * (1 - p_right) ** gamma * loss)


def kl_divergence(p, q):
    # keras.losses.kl_divergence clips both at 1e-7
    ratio = ops.where(p > 0, p, 1) / ops.where(p > 0, q, 1)
    return ops.sum(p * ops.log(ratio)) / len(p)


def huber(prediction, target, delta=1.0):
    return ops.mean(keras.losses.huber(target, prediction, delta))


def cosine_similarity(a, b, eps=1e-8):
    # keras.losses.cosine_similarity is minus this, with an epsilon of its own
    lengths = [ops.maximum(ops.norm(x, axis=-1), eps) for x in (a, b)]
    return ops.sum(a * b, axis=-1) / (lengths[0] * lengths[1])


def multiclass_hinge(scores, labels, margin=1.0):
    # keras.losses.categorical_hinge takes the largest of the wrong classes alone
    right = ops.one_hot(labels, scores.shape[-1], dtype=scores.dtype)
    own = ops.sum(scores * right, axis=-1, keepdims=True)
    return ops.mean(ops.relu(margin - own + scores) * (1 - right))
