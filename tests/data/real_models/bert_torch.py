"""A small BERT of transformers, and with the settings of keras-hub's."""

import numpy as np
import torch
from torchvision_operators import transformers


class Bert(torch.nn.Module):
    def __init__(self, **settings):
        super().__init__()
        self.bert = transformers.BertModel(
            transformers.BertConfig(
                vocab_size=50,
                hidden_size=32,
                num_hidden_layers=2,
                num_attention_heads=4,
                intermediate_size=64,
                max_position_embeddings=16,
                attn_implementation="eager",
                **settings,
            )
        )

    def forward(self, padding_mask, segment_ids, token_ids):
        out = self.bert(token_ids, attention_mask=padding_mask, token_type_ids=segment_ids)
        return {"pooled_output": out.pooler_output, "sequence_output": out.last_hidden_state}


def published() -> torch.nn.Module:
    return Bert()


def aligned() -> torch.nn.Module:
    return Bert(hidden_act="gelu_new", pad_token_id=None)


def inputs() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    mask = np.ones((2, 12), int)
    mask[1, 9:] = 0
    return mask, rng.integers(0, 2, (2, 12)), rng.integers(0, 50, (2, 12))
