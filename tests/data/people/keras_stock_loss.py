from tensorflow import keras

model = keras.Sequential([
    keras.layers.Input(shape=(20,)),
    keras.layers.Dense(8, activation="sigmoid"),
    keras.layers.Dense(4, activation="softmax"),
])
loss_fn = keras.losses.CategoricalCrossentropy()
model.compile(optimizer="sgd", loss=loss_fn)
