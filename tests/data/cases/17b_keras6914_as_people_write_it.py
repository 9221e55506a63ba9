# As 17, but the way the Kaggle notebook did it: no function, the statements at the top of a script.
import numpy as np
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 784).astype("float32")
x_test = x_test.reshape(-1, 784).astype("float32")
y_train, y_test = to_categorical(y_train, 10), to_categorical(y_test, 10)

model = Sequential([Input((784,)), Dense(50, activation="sigmoid"), Dense(10, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=100, epochs=1, verbose=0)
print(model.evaluate(x_test, y_test, verbose=0))
