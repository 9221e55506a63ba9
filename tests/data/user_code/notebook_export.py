# coding: utf-8
# In[1]:
%cd drive/MyDrive/DeepLearningFrom_Scratch/ch04/
!pip install numpy
In [2]:
import numpy as np
%matplotlib inline
import matplotlib.pyplot as plt

In [3]: x = np.arange(0.0, 20.0, 0.1)
def sum_square_error(y, t):
  return 0.5 * np.sum((y - t) ** 2)

def gradient_desent(f, init_x, lr=0.01, step_num=100):
  x = init_x
  for i in range(step_num):
    x -= lr * numerical_gradient(f, x)
  return x

def numerical_gradient(f, x):
  return np.array([(f(x + d) - f(x - d)) / 2e-4 for d in 1e-4 * np.eye(x.size)])

In [4]:
plt.plot(x, x ** 2)
plt.show()
