"""Losses in NumPy: each is the mean over the batch."""

import numpy as np


def _log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def cross_entropy(logits, labels, smoothing=0.0):
    """logits (n, classes), labels (n,) whole numbers; smoothing is shared by all the classes."""
    n, classes = logits.shape
    target = np.full((n, classes), smoothing / classes)
    target[np.arange(n), labels] += 1 - smoothing
    return -np.sum(target * _log_softmax(logits)) / n


def _binary_losses(logits, targets):
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


def binary_cross_entropy(logits, targets):
    """logits and targets, from 0 to 1, of one shape."""
    return np.mean(_binary_losses(logits, targets))


def focal_loss(logits, targets, alpha=0.25, gamma=2.0):
    """logits and targets, 0 or 1, of one shape; alpha weighs the ones (Lin et al. 2017)."""
    p = 1 / (1 + np.exp(-logits))
    p_right = p * targets + (1 - p) * (1 - targets)
    weight = alpha * targets + (1 - alpha) * (1 - targets)
    return np.mean(weight * (1 - p_right) ** gamma * _binary_losses(logits, targets))


def kl_divergence(p, q):
    """p and q (n, classes), distributions, p may hold zeros: of q from p."""
    ratio = np.where(p > 0, p, 1) / np.where(p > 0, q, 1)
    return np.sum(p * np.log(ratio)) / len(p)


def huber(prediction, target, delta=1.0):
    """prediction and target of one shape: squared below delta, straight above."""
    off = np.abs(prediction - target)
    return np.mean(np.where(off <= delta, 0.5 * off**2, delta * (off - 0.5 * delta)))


def cosine_similarity(a, b, eps=1e-8):
    """a and b (n, d): the cosine of each pair of rows, (n,); eps is the least length."""
    lengths = [np.maximum(np.sqrt(np.sum(x**2, axis=-1)), eps) for x in (a, b)]
    return np.sum(a * b, axis=-1) / (lengths[0] * lengths[1])


def multiclass_hinge(scores, labels, margin=1.0):
    """scores (n, classes), labels (n,): the sum over the wrong classes, divided by the classes."""
    n, classes = scores.shape
    rows = np.arange(n)
    over = np.maximum(0, margin - scores[rows, labels][:, None] + scores)
    over[rows, labels] = 0
    return np.sum(over) / classes / n


def cases():
    rng = np.random.default_rng(5)
    logits, labels = rng.normal(0, 2, (4, 6)), np.array([5, 0, 2, 2])
    yield "cross_entropy", {"logits": logits, "labels": labels}
    yield "cross_entropy smoothed", {"logits": logits, "labels": labels, "smoothing": 0.1}
    yield "cross_entropy large", {"logits": 300 * logits[:3], "labels": labels[:3]}
    yield "multiclass_hinge", {"scores": logits, "labels": labels}
    yield "multiclass_hinge narrow", {"scores": logits[:3], "labels": labels[:3], "margin": 0.3}

    soft, hard = rng.random((4, 6)), (rng.random((4, 6)) < 0.4).astype(float)
    yield "binary_cross_entropy soft", {"logits": logits, "targets": soft}
    yield "binary_cross_entropy large", {"logits": 40 * logits[0], "targets": hard[0]}
    yield "focal_loss", {"logits": logits, "targets": hard}
    other = {"alpha": 0.6, "gamma": 1.5}
    yield "focal_loss other weights", {"logits": logits[:3], "targets": hard[:3], **other}
    yield "focal_loss large", {"logits": 20 * logits[0], "targets": hard[0]}

    p, q = rng.dirichlet(np.ones(5), (2, 3))
    one_hot = np.eye(5)[[4, 0, 2]]
    yield "kl_divergence", {"p": p, "q": q}
    yield "kl_divergence small", {"p": p, "q": np.array([1, 1e-9, 1, 1, 1]) * q}
    yield "kl_divergence of certain ones", {"p": one_hot, "q": q}

    a, b = rng.normal(0, 2, (2, 4, 5))
    yield "huber", {"prediction": a, "target": b}
    yield "huber wide", {"prediction": a, "target": b, "delta": 2.5}
    yield "cosine_similarity", {"a": a, "b": b}
    yield "cosine_similarity short", {"a": 1e-3 * a[:3], "b": b[:3], "eps": 0.1}
