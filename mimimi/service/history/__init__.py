"""What was heard, judged and told, in a database: SQLite by itself, PostgreSQL by its address."""

from mimimi import extras

extras.need("sqlalchemy")
