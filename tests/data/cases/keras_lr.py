"""SGD(lr=0.1) of older Keras: compile() raises, and with it goes the loss."""

from tensorflow import keras

model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(50, activation="sigmoid"),
                          keras.layers.Dense(10, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(lr=0.1))
