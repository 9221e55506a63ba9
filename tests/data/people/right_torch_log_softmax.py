import torch
import torch.nn.functional as F


class TwoLayerNet:
    """autograd に任せる"""

    def __init__(self, input_size, hidden_size, output_size):
        self.params = {
            'W1': (torch.randn(input_size, hidden_size) * 0.01).requires_grad_(),
            'b1': torch.zeros(hidden_size, requires_grad=True),
            'W2': (torch.randn(hidden_size, output_size) * 0.01).requires_grad_(),
            'b2': torch.zeros(output_size, requires_grad=True),
        }

    def predict(self, x):
        p = self.params
        h = torch.sigmoid(x @ p['W1'] + p['b1'])
        return F.log_softmax(h @ p['W2'] + p['b2'], dim=-1).exp()

    def loss(self, x, t):
        y = self.predict(x)
        if t.shape != y.shape:
            t = F.one_hot(t.long(), y.shape[-1])
        return -(t * torch.log(y + 1e-7)).sum(dim=-1).mean()

    def gradient(self, x, t):
        keys = list(self.params)
        values = [self.params[k] if self.params[k].requires_grad
                  else self.params[k].requires_grad_() for k in keys]
        return dict(zip(keys, torch.autograd.grad(self.loss(x, t), values)))
