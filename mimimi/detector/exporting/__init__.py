"""A detector as one ONNX graph, from 10 s of sound to scores, for computers without MIMIMI."""
