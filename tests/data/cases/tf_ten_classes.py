"""Ten classes in float32 alone: what float64 cannot be asked is no case of float32's either."""

import tensorflow as tf


def cross_entropy_error(probabilities, labels):
    rows = tf.one_hot(labels, depth=10)
    return -tf.reduce_sum(rows * tf.math.log(tf.clip_by_value(probabilities, 1e-9, 1.0)))
