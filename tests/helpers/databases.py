"""Databases of a test's own, at a PostgreSQL of the tests' own."""

from __future__ import annotations

import secrets


def another_database(socket: str, like: str = "") -> str:
    """The address of an empty one, made like this."""
    import psycopg

    name = f"history_{secrets.token_hex(4)}"
    with psycopg.connect(f"host={socket} user=mimimi dbname=postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} {like}")
    return f"postgresql://mimimi@/{name}?host={socket}"
