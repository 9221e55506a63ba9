import keras
from keras import layers

N_EXPERTS = 4


def expert(x, i, hidden=24, out=16):
    h = layers.Dense(hidden, activation="swish", name=f"expert{i}_in")(x)
    return layers.Dense(out, name=f"expert{i}_out")(h)


def build_moe(n_features=20, n_targets=3):
    inputs = keras.Input((n_features,), name="features")
    x = layers.Dense(32, activation="relu", name="trunk")(inputs)

    gates = layers.Dense(N_EXPERTS, activation="softmax", name="gate")(x)
    weighted = []
    for i in range(N_EXPERTS):
        weight = gates[:, i : i + 1]
        weighted.append(layers.Multiply()([weight, expert(x, i)]))
    mixed = layers.Add(name="mixture")(weighted)

    x = layers.Concatenate()([mixed, x])
    outputs = layers.Dense(n_targets, name="targets")(x)
    return keras.Model(inputs, outputs)
