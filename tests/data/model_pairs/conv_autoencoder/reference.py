import tensorflow as tf
from tensorflow.keras import layers

latent_dim = 10

encoder = tf.keras.Sequential(
    [
        layers.InputLayer(shape=(16, 16, 1)),
        layers.Conv2D(8, 3, activation="relu", strides=2, padding="same"),
        layers.Conv2D(12, 3, activation="relu", strides=2, padding="same"),
        layers.Flatten(),
        layers.Dense(latent_dim, name="code"),
    ],
    name="encoder",
)

decoder = tf.keras.Sequential(
    [
        layers.InputLayer(shape=(latent_dim,)),
        layers.Dense(4 * 4 * 12, activation="relu"),
        layers.Reshape((4, 4, 12)),
        layers.Conv2DTranspose(12, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
    ],
    name="decoder",
)


class Autoencoder(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def call(self, x):
        return self.decoder(self.encoder(x))


if __name__ == "__main__":
    (x_train, _), _ = tf.keras.datasets.fashion_mnist.load_data()
    x_train = tf.image.resize(x_train[..., None] / 255.0, (16, 16))
    model = Autoencoder()
    model.compile(optimizer="adam", loss="mse")
    model.fit(x_train, x_train, epochs=3)
