import torch.nn as nn

n_inputs, n_hidden, n_outputs = 20, 8, 4

# 은닉층 활성화를 빠뜨림?
model = nn.Sequential(
    nn.Linear(n_inputs, n_hidden),
    nn.Linear(n_hidden, n_outputs),
    nn.Softmax(dim=1),
)
