"""Files of other tools, in and out: ONNX, which needs a library of its own, loaded when first asked for."""
