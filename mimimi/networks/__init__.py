"""The paper's network: complex layers, attention, and the two put together."""
