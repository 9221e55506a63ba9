"""The GRU in Keras, its weights transposed and copied as torch has them."""

import keras
import numpy as np
from keras import layers

UNITS, WIDTH = 4, 3


def make_encoder():
    rng = np.random.default_rng(7)
    shapes = (3 * UNITS, WIDTH), (3 * UNITS, UNITS), (3 * UNITS,), (3 * UNITS,)
    kernel, recurrent, bias, other = [rng.normal(size=shape) for shape in shapes]
    model = keras.Sequential(
        [keras.Input((5, WIDTH)), layers.GRU(UNITS, return_sequences=True, name="gru")]
    )
    model.layers[0].set_weights([kernel.T, recurrent.T, np.vstack([bias, other])])
    return model
