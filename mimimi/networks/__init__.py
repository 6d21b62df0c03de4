"""The paper's network and that of line spectra: in torch to be trained, as ONNX graphs to judge."""
