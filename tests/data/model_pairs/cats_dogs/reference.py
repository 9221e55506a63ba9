from tensorflow import keras
from tensorflow.keras import layers


def make_model(input_shape=(24, 24, 3), num_classes=2):
    inputs = keras.Input(shape=input_shape)
    x = layers.Rescaling(1.0 / 2)(inputs)
    for size in [12, 20]:
        x = layers.Conv2D(size, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.99)(x)
        x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(28, 3, padding="same")(x)
    x = layers.BatchNormalization(momentum=0.99)(x)
    x = layers.Activation("relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(num_classes, activation=None)(x)
    return keras.Model(inputs, outputs)


if __name__ == "__main__":
    model = make_model()
    model.compile(
        optimizer=keras.optimizers.Adam(3e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.summary()
