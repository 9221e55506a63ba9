import keras
from keras import layers


def build_decoder(steps=14, in_dim=5, ctx_dim=9, units=22, out_dim=3):
    """Sequence decoder whose first state is computed from a static context vector."""
    seq = keras.Input((steps, in_dim), name="sequence")
    ctx = keras.Input((ctx_dim,), name="context")
    state = layers.Dense(units, activation="tanh", name="bridge")(ctx)
    out, last = layers.GRU(units, return_sequences=True, return_state=True, name="gru")(seq, initial_state=state)
    steps_out = layers.Dense(out_dim, name="readout")(out)
    return keras.Model(inputs=[seq, ctx], outputs=[steps_out, last])


if __name__ == "__main__":
    build_decoder().summary()
