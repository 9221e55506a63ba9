"""Models held against models: weights carried over, layers paired, the one that departs named."""
