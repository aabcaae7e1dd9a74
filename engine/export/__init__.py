"""Out: networks and trained runs as programs in Keras, PyTorch and NumPy, and as files of weights."""
