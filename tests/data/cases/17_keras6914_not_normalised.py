# SOURCE keras-team/keras#6914 (2017-06-08): an MNIST classifier stays below 30 %.
# WRONG: the pixels are not divided by 255.
import numpy as np
from keras.datasets import mnist
from keras.utils import to_categorical


def load_mnist():
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    x_train = x_train.reshape(-1, 784).astype("float32")
    x_test = x_test.reshape(-1, 784).astype("float32")
    return (x_train, to_categorical(y_train, 10)), (x_test, to_categorical(y_test, 10))
