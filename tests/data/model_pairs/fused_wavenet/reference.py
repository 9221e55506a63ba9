"""WaveNet-like regressor, functional API."""
import keras
from keras import layers


def residual_stack(x, filters, dilation, idx):
    filt = layers.Conv1D(filters, 2, dilation_rate=dilation, padding="causal",
                         activation="tanh", name=f"filter_{idx}")(x)
    gate = layers.Conv1D(filters, 2, dilation_rate=dilation, padding="causal",
                         activation="sigmoid", name=f"gate_{idx}")(x)
    z = layers.Multiply(name=f"gated_{idx}")([filt, gate])
    skip = layers.Conv1D(32, 1, name=f"skip_{idx}")(z)
    res = layers.Conv1D(x.shape[-1], 1, name=f"res_{idx}")(z)
    return layers.Add(name=f"out_{idx}")([x, res]), skip


def wavenet(steps=24, features=4, filters=20, dilations=(1, 2, 4, 8)):
    series = keras.Input((steps, features))
    x = layers.Conv1D(16, 2, padding="causal", name="front")(series)
    skips = []
    for i, d in enumerate(dilations):
        x, s = residual_stack(x, filters, d, i)
        skips.append(s)
    skips.append(layers.Conv1D(32, 1, name="skip_last")(x))
    y = layers.ReLU()(layers.Add(name="skip_sum")(skips))
    y = layers.Conv1D(32, 1, activation="relu", name="post_1")(y)
    y = layers.Conv1D(1, 1, name="post_2")(y)
    return keras.Model(series, y, name="wavenet")
