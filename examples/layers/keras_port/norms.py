"""Normalisation layers in Keras."""

from keras import ops


def layer_norm(x, weight, bias, eps=1e-5):
    # keras.layers.LayerNormalization has epsilon 1e-3
    return ops.layer_normalization(x, weight, bias, axis=-1, epsilon=eps)


def rms_norm(x, weight, eps=1e-6):
    return ops.rms_normalization(x, weight, axis=-1, epsilon=eps)


def group_norm(x, groups, weight, bias, eps=1e-5):
    # keras.layers.GroupNormalization has epsilon 1e-3
    n, c, h, w = x.shape
    grouped = ops.reshape(x, (n, groups, c // groups, h, w))
    mean, var = ops.moments(grouped, axes=(2, 3, 4), keepdims=True)
    normed = ops.reshape((grouped - mean) * ops.rsqrt(var + eps), x.shape)
    return normed * weight[:, None, None] + bias[:, None, None]


def batch_norm_train(x, weight, bias, running_mean, running_var, momentum=0.1, eps=1e-5):
    # keras.layers.BatchNormalization has epsilon 1e-3, calls 1 - momentum its momentum (0.99), and
    # keeps the biased variance
    mean, var = ops.moments(x, axes=(0, 2, 3))
    out = ops.batch_normalization(x, mean, var, axis=1, offset=bias, scale=weight, epsilon=eps)
    count = x.shape[0] * x.shape[2] * x.shape[3]
    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var = (1 - momentum) * running_var + momentum * var * count / (count - 1)
    return out, running_mean, running_var


def batch_norm_eval(x, weight, bias, running_mean, running_var, eps=1e-5):
    return ops.batch_normalization(
        x, running_mean, running_var, axis=1, offset=bias, scale=weight, epsilon=eps
    )
