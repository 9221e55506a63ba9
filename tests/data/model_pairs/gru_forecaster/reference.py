"""Two-layer GRU forecaster, classic (Cho et al.) formulation."""
import keras
from keras import layers


class Forecaster(keras.Model):
    def __init__(self, units=24, horizon=4, **kwargs):
        super().__init__(**kwargs)
        self.gru_1 = layers.GRU(units, return_sequences=True, reset_after=False, name="gru_1")
        self.gru_2 = layers.GRU(units, reset_after=False, name="gru_2")
        self.mlp = layers.Dense(32, activation="elu", name="mlp")
        self.out = layers.Dense(horizon, name="out")

    def call(self, x):
        x = self.gru_1(x)
        x = self.gru_2(x)
        return self.out(self.mlp(x))
