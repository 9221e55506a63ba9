"""A method without a body: the file does not parse."""

class TwoLayerNet:
    def gradient(self, x, t):
    def loss(self, x, t):
        return 0
