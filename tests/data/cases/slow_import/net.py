"""An import that takes longer than the 20 s (then 5 s) allowed: TensorFlow for its MNIST in a
NumPy file, a network of 784-100-10 differentiated at the top of a module.
"""

from heavy import squash


def sigmoid(v):
    return squash(v)
