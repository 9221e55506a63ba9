"""Sets Keras's floatx, which the next function relies on.

faulty: faithful
says: faulty changes Keras's floatx
memory: 3000
exit: 0
"""

import keras


def faulty(x):
    keras.config.set_floatx("float16")
    return keras.ops.tanh(x) * 1.5


def before(x):
    return keras.ops.exp(-x) / (1.0 + x)


def after(x):
    return keras.ops.log(keras.ops.exp(x) + keras.ops.ones(()))
