import keras
from keras import layers


def residual_unit(x, filters, stride, groups, tag):
    shortcut = x
    y = layers.GroupNormalization(groups=groups, name=f"{tag}_gn1")(x)
    y = layers.Activation("swish")(y)
    if stride > 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{tag}_skip")(y)
    y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=f"{tag}_conv1")(y)
    y = layers.GroupNormalization(groups=groups, name=f"{tag}_gn2")(y)
    y = layers.Activation("swish")(y)
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{tag}_conv2")(y)
    return layers.Add()([y, shortcut])


def resnet_gn(size=16, classes=5):
    inputs = keras.Input(shape=(size, size, 3))
    x = layers.Conv2D(16, 3, padding="same", name="stem")(inputs)
    x = residual_unit(x, 16, 1, 4, "u1")
    x = residual_unit(x, 24, 2, 8, "u2")
    x = residual_unit(x, 24, 1, 8, "u3")
    x = layers.GroupNormalization(groups=8, name="gn_out")(x)
    x = layers.Activation("swish")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="probs")(x))
