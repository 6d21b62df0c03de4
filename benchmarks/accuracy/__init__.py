"""How well machines are told from faulty ones, against baselines and ablations."""
