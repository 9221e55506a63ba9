import urllib.request
name = "x"

def softmax(x):
    return x

data = urllib.request.urlopen("http://example.com/mnist.npz").read()
who = input("size? ")
