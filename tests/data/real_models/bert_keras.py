"""A small BERT of keras-hub."""

import keras
import keras_hub


def model() -> keras.Model:
    return keras_hub.models.BertBackbone(
        vocabulary_size=50,
        num_layers=2,
        num_heads=4,
        hidden_dim=32,
        intermediate_dim=64,
        max_sequence_length=16,
        num_segments=2,
    )
