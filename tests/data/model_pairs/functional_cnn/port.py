import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class FunctionalConvNet(nn.Module):
    """Same network with plain tensors, used for the meta-learning experiments."""

    def __init__(self, spec, n_out):
        super().__init__()
        self.spec = spec
        self.w = nn.ParameterDict()
        for name, shape in spec.items():
            p = torch.empty(*shape)
            if p.dim() > 1:
                nn.init.kaiming_uniform_(p, a=math.sqrt(5))
            elif name.endswith("gamma"):
                nn.init.ones_(p)
            else:
                nn.init.zeros_(p)
            self.w[name] = nn.Parameter(p)
        for i, c in ((1, 10), (2, 20)):
            self.register_buffer(f"mean{i}", torch.zeros(c))
            self.register_buffer(f"var{i}", torch.ones(c))

    def forward(self, x):
        w = self.w
        x = F.conv2d(x, w["k1"], padding=2)
        x = F.batch_norm(x, self.mean1, self.var1, w["bn1_gamma"], w["bn1_beta"], self.training)
        x = F.avg_pool2d(torch.clamp(x, -1.0, 1.0), 2)
        x = F.conv2d(x, w["k2"], w["b2"], stride=2, padding=1, groups=2)
        x = F.batch_norm(x, self.mean2, self.var2, w["bn2_gamma"], w["bn2_beta"], self.training, 0.2, 1e-3)
        x = F.max_pool2d(F.relu(x), 3, 2, 1)
        x = F.dropout(x.flatten(1), 0.2, self.training)
        return F.linear(x, w["fc_w"], w["fc_b"])


def functional_convnet():
    shapes = dict(
        k1=(10, 3, 5, 5), bn1_gamma=(10,), bn1_beta=(10,),
        k2=(20, 5, 3, 3), b2=(20,), bn2_gamma=(20,), bn2_beta=(20,),
        fc_w=(10, 80), fc_b=(10,),
    )
    return FunctionalConvNet(shapes, 10)
