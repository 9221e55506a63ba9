import keras
from keras import layers

STEPS = 14
FEATURES = 6

model = keras.Sequential(
    [
        keras.Input(shape=(STEPS, FEATURES)),
        layers.GRU(24, activation="tanh", recurrent_activation="sigmoid", reset_after=False),
        layers.Dense(16, activation="relu"),
        layers.Dense(4),
    ],
    name="load_forecaster",
)
