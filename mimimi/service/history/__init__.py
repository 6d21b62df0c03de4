"""What was heard, judged and told, in a database: SQLite by itself, PostgreSQL by its address."""

from importlib.util import find_spec

from mimimi.errors import UserError

if not find_spec("sqlalchemy"):
    raise UserError("SQLAlchemy is not installed; bring it with:  pip install -r requirements.txt")
