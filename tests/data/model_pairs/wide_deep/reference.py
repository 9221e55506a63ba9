from dataclasses import dataclass, field
from typing import Tuple

import keras
from keras import layers


@dataclass
class WideDeepConfig:
    wide_features: int = 7
    deep_features: int = 10
    hidden: Tuple[int, ...] = (24, 12)
    activation: str = "selu"
    towers: dict = field(default_factory=lambda: {"click": 1, "rating": 5})


class WideDeep(keras.Model):
    def __init__(self, cfg: WideDeepConfig):
        super().__init__(name="wide_deep")
        self.deep = [layers.Dense(n, activation=cfg.activation, name=f"deep{i}") for i, n in enumerate(cfg.hidden)]
        self.ln = layers.LayerNormalization(name="ln")
        self.concat = layers.Concatenate()
        self.click = layers.Dense(cfg.towers["click"], activation="sigmoid", name="click")
        self.rating = layers.Dense(cfg.towers["rating"], activation="softmax", name="rating")

    def call(self, inputs):
        wide, x = inputs
        for layer in self.deep:
            x = layer(x)
        x = self.concat([wide, self.ln(x)])
        return {"click": self.click(x), "rating": self.rating(x)}


def recommender():
    return WideDeep(WideDeepConfig())
