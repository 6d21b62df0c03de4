"""The REST interface: recordings judged and learnt from, machines and their history, by HTTP."""

from importlib.util import find_spec

from mimimi.errors import UserError

if not all(map(find_spec, ("fastapi", "uvicorn", "multipart"))):
    raise UserError(
        "FastAPI or uvicorn is not installed; bring them with:  pip install -r "
        "requirements-service.txt"
    )
