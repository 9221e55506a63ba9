"""Losses in torch."""

import torch
import torch.nn.functional as F


def cross_entropy(logits, labels, smoothing=0.0):
    return F.cross_entropy(logits, labels, label_smoothing=smoothing)


def binary_cross_entropy(logits, targets):
    return F.binary_cross_entropy_with_logits(logits, targets)


def focal_loss(logits, targets, alpha=0.25, gamma=2.0):
    loss = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p = torch.sigmoid(logits)
    p_right = p * targets + (1 - p) * (1 - targets)
    weight = alpha * targets + (1 - alpha) * (1 - targets)
    return (weight * (1 - p_right) ** gamma * loss).mean()


def kl_divergence(p, q):
    # torch takes the logarithm of q, the distribution that p is compared to, first; its "mean" is
    # over all elements
    return F.kl_div(q.log(), p, reduction="batchmean")


def huber(prediction, target, delta=1.0):
    # smooth_l1_loss is this divided by its beta
    return F.huber_loss(prediction, target, delta=delta)


def cosine_similarity(a, b, eps=1e-8):
    # F.cosine_similarity gives this too, but below eps its gradient passes the length all the same
    return (F.normalize(a, dim=-1, eps=eps) * F.normalize(b, dim=-1, eps=eps)).sum(dim=-1)


def multiclass_hinge(scores, labels, margin=1.0):
    return F.multi_margin_loss(scores, labels, margin=margin)
