import keras
from keras import layers
import tensorflow as tf


def cross_entropy(y_true, y_pred):
    return tf.reduce_mean(-tf.reduce_sum(y_true * tf.math.log(y_pred + 1e-7), axis=1))


# 出力層に活性化関数なし
model = keras.Sequential([
    keras.Input(shape=(20,)),
    layers.Dense(8, activation='sigmoid'),
    layers.Dense(4),
])
model.compile('sgd', loss=cross_entropy)
