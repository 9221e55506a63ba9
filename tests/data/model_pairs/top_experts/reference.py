import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.fc1 = nn.Linear(d_model, d_ff)
        self.fc2 = nn.Linear(d_ff, d_model)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


class SparseMoE(nn.Module):
    def __init__(self, d_model=24, d_ff=48, num_experts=6, top_k=2):
        super().__init__()
        self.top_k = top_k
        self.num_experts = num_experts
        self.gate = nn.Linear(d_model, num_experts, bias=False)
        self.experts = nn.ModuleList([Expert(d_model, d_ff) for _ in range(num_experts)])

    def forward(self, x):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        logits, selected = torch.topk(self.gate(x), self.top_k, dim=-1)
        weights = F.softmax(logits, dim=-1)
        out = torch.zeros_like(x)
        for e, expert in enumerate(self.experts):
            token, slot = torch.where(selected == e)
            if token.numel():
                out[token] += weights[token, slot, None] * expert(x[token])
        return out.reshape(shape)


class MoERegressor(nn.Module):
    def __init__(self, in_dim=12, d_model=24, n_out=4):
        super().__init__()
        self.inp = nn.Linear(in_dim, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.moe = SparseMoE(d_model)
        self.out = nn.Linear(d_model, n_out)

    def forward(self, x):
        x = self.inp(x)
        x = x + self.moe(self.norm(x))
        return self.out(x)
