"""Everything by einsum."""
import numpy as np


def _softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / np.einsum('...k->...', e)[..., None]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        gen = np.random.default_rng()
        self.params = {
            'W1': gen.normal(scale=weight_init_std, size=(input_size, hidden_size)),
            'b1': np.zeros(hidden_size),
            'W2': gen.normal(scale=weight_init_std, size=(hidden_size, output_size)),
            'b2': np.zeros(output_size),
        }

    def _forward(self, x):
        p = self.params
        z = 1 / (1 + np.exp(-(np.einsum('...i,ih->...h', x, p['W1']) + p['b1'])))
        return z, _softmax(np.einsum('...h,hk->...k', z, p['W2']) + p['b2'])

    def predict(self, x):
        return self._forward(x)[1]

    def loss(self, x, t):
        y = self.predict(x)
        t = t if t.shape == y.shape else np.eye(y.shape[-1])[t]
        terms = np.einsum('...k,...k->...', t, -np.log(y + 1e-7))
        return terms.mean()

    def gradient(self, x, t):
        z, y = self._forward(x)
        if t.ndim == 1:
            t = np.eye(y.shape[1])[t]
        g = -t / (y + 1e-7) / len(x)
        jac = np.einsum('nk,kl->nkl', y, np.eye(y.shape[1])) - np.einsum('nk,nl->nkl', y, y)
        ds = np.einsum('nk,nkl->nl', g, jac)
        da = np.einsum('nl,hl,nh->nh', ds, self.params['W2'], z * (1 - z))
        return {
            'W1': np.einsum('ni,nh->ih', x, da), 'b1': np.einsum('nh->h', da),
            'W2': np.einsum('nh,nl->hl', z, ds), 'b2': np.einsum('nl->l', ds),
        }
