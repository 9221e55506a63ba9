"""Chapter 4 of *Deep Learning from Scratch* as a suite: all that knows the chapter."""
