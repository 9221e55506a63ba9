import keras
from keras import layers


def keyword_spotter(frames=8, n_mels=20, n_keywords=8):
    model = keras.Sequential(name="keyword_spotter")
    model.add(keras.Input((frames, n_mels)))
    model.add(layers.LayerNormalization(epsilon=1e-5, name="cmvn"))
    model.add(layers.Bidirectional(layers.LSTM(24, return_sequences=True, unroll=True), name="bilstm_1"))
    model.add(layers.Dropout(0.25))
    model.add(layers.Bidirectional(layers.LSTM(24, unroll=True), name="bilstm_2"))
    model.add(layers.Dropout(0.25))
    model.add(layers.Dense(32, activation="tanh", name="proj"))
    model.add(layers.Dense(n_keywords, name="logits"))
    return model
