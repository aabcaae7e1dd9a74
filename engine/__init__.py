"""The training engine: networks, data and learning in plain NumPy, with no knowledge of the web.

Letters in shapes: N samples, D features in, U units out, H W C an image's height, width and channels,
K a kernel's side, T time steps.
"""
