import keras
from keras import layers


def se_block(x, ratio, name):
    c = x.shape[-1]
    s = layers.GlobalAveragePooling2D(keepdims=True, name=name + "_pool")(x)
    s = layers.Conv2D(c // ratio, 1, activation="relu", name=name + "_reduce")(s)
    s = layers.Conv2D(c, 1, activation="hard_sigmoid", name=name + "_expand")(s)
    return layers.Multiply(name=name + "_scale")([x, s])


def mbconv(x, filters, expand, strides, use_se, name):
    shortcut = x
    y = layers.Conv2D(x.shape[-1] * expand, 1, use_bias=False, name=name + "_pw")(x)
    y = layers.BatchNormalization(name=name + "_pw_bn")(y)
    y = layers.Activation("hard_swish", name=name + "_pw_act")(y)
    y = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False, name=name + "_dw")(y)
    y = layers.BatchNormalization(name=name + "_dw_bn")(y)
    y = layers.Activation("hard_swish", name=name + "_dw_act")(y)
    if use_se:
        y = se_block(y, 4, name + "_se")
    y = layers.Conv2D(filters, 1, use_bias=False, name=name + "_pwl")(y)
    y = layers.BatchNormalization(name=name + "_pwl_bn")(y)
    if strides == 1 and shortcut.shape[-1] == filters:
        y = layers.Add(name=name + "_add")([shortcut, y])
    return y


def leaf_classifier(size=28, classes=8):
    image = keras.Input((size, size, 3))
    x = layers.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=4, name="stem")(image)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.Activation("hard_swish", name="stem_act")(x)
    x = mbconv(x, 12, 2, 1, True, "mb1")
    x = mbconv(x, 20, 3, 2, False, "mb2")
    x = mbconv(x, 20, 3, 1, True, "mb3")
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(classes, name="head")(x), name="leaf")
