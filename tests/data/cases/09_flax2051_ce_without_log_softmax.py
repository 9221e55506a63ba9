# SOURCE google/flax#2051 (2022-04-15): the tutorial's cross_entropy_loss gives other numbers than
#   torch's F.cross_entropy.
# WRONG: the one-hot labels pick out the raw scores; log_softmax is missing. The function takes
#   scores (logits) and integer labels, by keyword only.
import torch
import torch.nn.functional as F


def cross_entropy_loss(*, logits, labels):
    one_hot_labels = F.one_hot(labels, num_classes=10)
    return -torch.mean(torch.sum(one_hot_labels * logits, dim=-1))
