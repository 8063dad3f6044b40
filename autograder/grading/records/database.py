"""The database of a gradebook: made with nbgrader's tables, and named in messages without its password."""

from pathlib import Path

from alembic.script import ScriptDirectory
from nbgrader.api import Base
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from autograder.errors import UserError
from autograder.grading.records.private import make_file


class GradebookError(UserError):
    """The gradebook cannot be used; the message says what to do."""


def make_tables(url: str):
    """Make nbgrader's tables in an empty database, in one transaction, as nbgrader itself would.

    nbgrader starts a second Python for it, only to ask for the newest version of its own tables.

    Raises
    ------
    GradebookError
        When there are tables, but those of another version.
    """
    if file := file_of(url):
        make_file(file)
    newest = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # sqlite3 begins none before CREATE TABLE
            tables = inspect(connection).get_table_names()
            if not tables:
                Base.metadata.create_all(connection)
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
                connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": newest})
            elif "alembic_version" in tables:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                if found != newest:
                    raise GradebookError(
                        f"the gradebook {shown(url)} has tables of version {found}, this nbgrader "
                        f"those of {newest}: make a copy of it, then run `nbgrader db upgrade`"
                    )
    finally:
        engine.dispose()


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for another, and for one in memory."""
    try:
        parts = make_url(url)
    except ArgumentError:
        return None  # who opens it says what is wrong
    on_disk = parts.get_backend_name() == "sqlite" and parts.database and parts.database != ":memory:"
    return Path(parts.database) if on_disk else None


def shown(url: str) -> str:
    """The URL of a database without its password."""
    try:
        return make_url(url).render_as_string()
    except SQLAlchemyError:
        return url


def reason(error: Exception) -> str:
    """Why a database cannot be opened, and what to install where that is all that is missing."""
    if isinstance(error, ImportError) and (error.name or "").startswith("psycopg"):
        return "PostgreSQL needs a package of its own: pip install 'psycopg[binary]' (the extra `postgres`)"
    said = str(getattr(error, "orig", None) or error)[:300]
    if said.endswith("is locked"):
        return f"{said}: another program writes to it, such as a second grading; wait for it, or end it"
    return said


def missing_file(url: str) -> str:
    """The file of an SQLite database, if it does not exist; else empty."""
    file = file_of(url)
    return str(file) if file and not file.exists() else ""
