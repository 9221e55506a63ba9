"""A small ViT of keras-hub."""

import keras
import keras_hub


def model() -> keras.Model:
    return keras_hub.models.ViTBackbone(
        image_shape=(32, 32, 3), patch_size=8, num_layers=2, num_heads=4, hidden_dim=32, mlp_dim=64
    )
