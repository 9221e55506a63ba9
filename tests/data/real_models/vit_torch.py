"""A small ViT of transformers, and with the settings of keras-hub's."""

import numpy as np
import torch
from torchvision_operators import transformers


class ViT(torch.nn.Module):
    def __init__(self, **settings):
        super().__init__()
        config = transformers.ViTConfig(
            hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
            image_size=32, patch_size=8, attn_implementation="eager", **settings,
        )  # fmt: skip
        self.vit = transformers.ViTModel(config, add_pooling_layer=False)

    def forward(self, x):
        return self.vit(x).last_hidden_state


def published() -> torch.nn.Module:
    return ViT()


def aligned() -> torch.nn.Module:
    return ViT(layer_norm_eps=1e-6)


def inputs() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, 3, 32, 32))
