import keras
from keras import layers


def dense_block(x, units, name):
    x = layers.Dense(units, name=name)(x)
    return layers.LeakyReLU(name=name + "_act")(x)


def wide_and_deep(n_numeric=8, cardinality=10, emb_dim=6, history_len=20):
    numeric = keras.Input((n_numeric,), name="numeric")
    categories = keras.Input((2,), dtype="int32", name="categories")
    history = keras.Input((history_len,), name="history")

    a = dense_block(dense_block(numeric, 32, "num_1"), 16, "num_2")
    b = dense_block(dense_block(history, 32, "hist_1"), 16, "hist_2")
    c0 = layers.Embedding(cardinality, emb_dim, name="cat_0")(categories[:, 0])
    c1 = layers.Embedding(cardinality, emb_dim, name="cat_1")(categories[:, 1])

    z = layers.Concatenate(name="features")([a, b, c0, c1])
    z = dense_block(z, 32, "trunk")

    deep = layers.Dense(1, name="click")(z)
    wide = layers.Dense(1, use_bias=False, name="wide")(numeric)
    click = layers.Activation("sigmoid")(layers.Add()([deep, wide]))
    value = layers.Dense(1, activation="softplus", name="value")(z)
    out = layers.Concatenate(name="outputs")([click, value])
    return keras.Model(inputs=[numeric, categories, history], outputs=out)
