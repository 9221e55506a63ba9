# In[1]:
import numpy as np
import matplotlib.pyplot as plt

# In[2]: 平均二乗誤差
def mean_squared_error(y, t):
    return np.mean((y - t) ** 2)

# In[3]:
t = np.array([0, 0, 1, 0])
y = np.array([.1, .1, .7, .1])
mean_squared_error(y, t)

# In[4]: グラフで確認
xs = np.linspace(0, 1, 50)
plt.plot(xs, [mean_squared_error(np.array([v]), np.array([1.0])) for v in xs])
plt.show()
