# SOURCE ageron/handson-ml2#132 (2020-03-28): the loss on the test set is far above that of training and
#   validation.
# WRONG: training images are divided by 255, test images are not.
import numpy as np
from keras.datasets import mnist


def load_data():
    (x_train, t_train), (x_test, t_test) = mnist.load_data()
    return (x_train.reshape(-1, 784) / 255.0, t_train), (x_test.reshape(-1, 784), t_test)
