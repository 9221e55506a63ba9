"""Normalisation layers in torch."""

import torch
import torch.nn.functional as F


def layer_norm(x, weight, bias, eps=1e-5):
    return F.layer_norm(x, x.shape[-1:], weight, bias, eps)


def rms_norm(x, weight, eps=1e-6):
    # torch's own default is the machine epsilon of the dtype
    return F.rms_norm(x, x.shape[-1:], weight, eps)


def group_norm(x, groups, weight, bias, eps=1e-5):
    return F.group_norm(x, groups, weight, bias, eps)


def batch_norm_train(x, weight, bias, running_mean, running_var, momentum=0.1, eps=1e-5):
    var, mean = torch.var_mean(x, dim=(0, 2, 3))  # the unbiased variance
    # given the running statistics, it would change them in place, and no gradient would pass
    out = F.batch_norm(x, None, None, weight, bias, training=True, eps=eps)
    return out, running_mean.lerp(mean, momentum), running_var.lerp(var, momentum)


def batch_norm_eval(x, weight, bias, running_mean, running_var, eps=1e-5):
    return F.batch_norm(x, running_mean, running_var, weight, bias, eps=eps)
