"""Dot-product recommender with biases plus a small deep tower (NeuMF style)."""
import keras
from keras import layers

NUM_USERS = 40
NUM_ITEMS = 60


def get_model(latent=12, deep=16):
    user_id = keras.Input((1,), dtype="int64", name="user_id")
    item_id = keras.Input((1,), dtype="int64", name="item_id")

    # generalized matrix factorisation
    pu = layers.Flatten()(layers.Embedding(NUM_USERS, latent, name="user_mf")(user_id))
    qi = layers.Flatten()(layers.Embedding(NUM_ITEMS, latent, name="item_mf")(item_id))
    dot = layers.Dot(axes=1, name="affinity")([pu, qi])
    bu = layers.Flatten()(layers.Embedding(NUM_USERS, 1, name="user_bias")(user_id))
    bi = layers.Flatten()(layers.Embedding(NUM_ITEMS, 1, name="item_bias")(item_id))

    # deep tower
    du = layers.Flatten()(layers.Embedding(NUM_USERS, deep, name="user_deep")(user_id))
    di = layers.Flatten()(layers.Embedding(NUM_ITEMS, deep, name="item_deep")(item_id))
    x = layers.Concatenate(name="pair")([du, di])
    x = layers.Dense(24, activation="selu", name="deep_1")(x)
    x = layers.Dense(1, name="deep_2")(x)

    score = layers.Add(name="score")([dot, bu, bi, x])
    rating = layers.Rescaling(4.0, offset=1.0, name="rating")(layers.Activation("sigmoid")(score))
    return keras.Model(inputs=[user_id, item_id], outputs=rating)
