import keras

# 確率に対して from_logits=True
def make_model():
    inputs = keras.Input(shape=(20,))
    h = keras.layers.Dense(8)(inputs)
    h = keras.layers.Activation('sigmoid')(h)
    outputs = keras.layers.Softmax()(keras.layers.Dense(4)(h))
    return keras.Model(inputs, outputs)

model = make_model()
loss = keras.losses.CategoricalCrossentropy(from_logits=True)
