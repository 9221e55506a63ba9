# Keras 버전: 손실을 직접 정의
import tensorflow as tf
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.models import Sequential


def my_loss(y_true, y_pred):
    return -tf.reduce_sum(y_true * tf.math.log(y_pred + 1e-7))


model = Sequential()
model.add(Input(shape=(20,)))
model.add(Dense(8, activation='sigmoid'))
model.add(Dense(4, activation='softmax'))
model.compile(loss=my_loss, optimizer='sgd')
