"""The REST interface: recordings judged and learnt from, machines and their history, by HTTP."""

from mimimi import extras

for module in ("fastapi", "uvicorn", "python_multipart", "prometheus_client"):
    extras.need(module)
