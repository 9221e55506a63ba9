"""The reference but for a learning rate that is 0.1% too large in training."""

from trueport.reference import *  # noqa: F403  # as a hasty port does
from trueport.reference import train as true_train


def train(*args, learning_rate=0.1, **options):
    return true_train(*args, learning_rate=1.001 * learning_rate, **options)
