# SOURCE lisa-lab/pylearn2#1380 (2015-02-02): test_softmax_binary_targets fails in CI now and then:
#   2.3136291503 against 2.3136293888 with assert_allclose's default rtol of 1e-7.
# WRONG: nothing but the tolerance: float32 cannot do better.
import numpy as np
from trueport import assert_faithful

rng = np.random.default_rng(1)
logits = rng.normal(size=(100, 10)).astype(np.float32)
t = rng.integers(0, 10, 100)
e = np.exp(logits - logits.max(axis=1, keepdims=True))
y = e / e.sum(axis=1, keepdims=True)
terms = np.log(y[np.arange(100), t] + np.float32(1e-7))
forwards = np.float32(0)
for v in terms:
    forwards += v
backwards = np.float32(0)
for v in terms[::-1]:
    backwards += v
a, b = -forwards / np.float32(100), -backwards / np.float32(100)
print(a, b, "relative", abs(a - b) / b)
assert_faithful(a, "cross_entropy_error", y, t)
assert_faithful(b, "cross_entropy_error", y, t)
assert_faithful(y, "softmax", logits)
print("right values pass")
try:
    assert_faithful(a * np.float32(1.0001), "cross_entropy_error", y, t)
    print("FALSE PASS")
except AssertionError as error:
    print(error)
