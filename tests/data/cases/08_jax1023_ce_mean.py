# SOURCE jax-ml/jax#1023 / #1573 (2019-07 / 2019-10): MNIST example reaches 64 % instead of 87 %.
# WRONG: np.mean over all entries of log-probabilities * one-hot: divided by the classes too (1/10).
import jax.numpy as jnp


def softmax(x):
    e = jnp.exp(x - jnp.max(x, axis=-1, keepdims=True))
    return e / jnp.sum(e, axis=-1, keepdims=True)


def cross_entropy_loss(y, t):
    return -jnp.mean(jnp.log(y + 1e-7) * t)
