import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras import layers


def backbone_stage(x, filters, name):
    x = layers.MaxPooling2D(2, name=f"{name}_pool")(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.LeakyReLU(negative_slope=0.1, name=f"{name}_act")(x)


def build_fpn(size=32, width=24, n_outputs=5):
    image = Input((size, size, 3), name="image")
    stem = layers.Conv2D(16, 3, padding="same", activation="relu", name="stem")(image)
    c3 = backbone_stage(stem, 24, "c3")
    c4 = backbone_stage(c3, 32, "c4")
    c5 = backbone_stage(c4, 48, "c5")

    # top-down pathway
    p5 = layers.Conv2D(width, 1, name="lateral5")(c5)
    p4 = layers.Add(name="merge4")(
        [layers.Conv2D(width, 1, name="lateral4")(c4), layers.UpSampling2D(name="up5")(p5)]
    )
    p3 = layers.Add(name="merge3")(
        [layers.Conv2D(width, 1, name="lateral3")(c3), layers.UpSampling2D(name="up4")(p4)]
    )
    p3 = layers.Conv2D(width, 3, padding="same", name="smooth3")(p3)
    heat = layers.Conv2D(n_outputs, 1, activation="sigmoid", name="heatmap")(layers.ReLU(name="relu3")(p3))
    return Model(image, heat, name="fpn")
