"""A small GPT-2 of transformers."""

import numpy as np
import torch
from torchvision_operators import transformers


class GPT2(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gpt2 = transformers.GPT2Model(
            transformers.GPT2Config(
                vocab_size=50, n_embd=32, n_layer=2, n_head=4, n_inner=64, n_positions=16,
                attn_implementation="eager",
            )
        )  # fmt: skip

    def forward(self, padding_mask, token_ids):
        return self.gpt2(token_ids, attention_mask=padding_mask, use_cache=False).last_hidden_state


def published() -> torch.nn.Module:
    return GPT2()


def inputs() -> tuple[np.ndarray, ...]:
    return np.ones((2, 12), int), np.random.default_rng(0).integers(0, 50, (2, 12))
