from tensorflow import keras
import tensorflow as tf


def xent(y_true, y_pred):
    return -tf.reduce_mean(tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1))


model = keras.Sequential([
    keras.layers.Input(shape=(20,)),
    keras.layers.Dense(8, activation='sigmoid'),
    keras.layers.Dense(4, activation='softmax'),
])
model.compile(loss=xent, optimizer=keras.optimizers.SGD(learning_rate=0.1))
