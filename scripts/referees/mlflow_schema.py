"""Writes src/tracking/bundle/schema.ts: the database schema of MLflow 2.9, as MLflow 2.9 itself creates it.

    pip install mlflow==2.9.2 'setuptools<81' 'sqlalchemy<2.1'
    python scripts/referees/mlflow_schema.py src/tracking/bundle/schema.ts

Every later MLflow upgrades a database of that revision when it opens it.
"""

import re
import sqlite3
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

assert mlflow.__version__ == "2.9.2", mlflow.__version__

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "mlflow.db"
    SqlAlchemyStore(f"sqlite:///{path}", str(Path(folder) / "artifacts"))
    connection = sqlite3.connect(path)
    statements = [
        re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")").strip()
        for (sql,) in connection.execute("select sql from sqlite_master where sql is not null order by rowid")
    ]
    [(revision,)] = connection.execute("select version_num from alembic_version")

body = "\n".join(f"{statement};" for statement in statements)
assert "`" not in body and "\\" not in body

Path(sys.argv[1]).write_text(
    f"""/** The Alembic revision of `schema`: that of MLflow 2.9, which every later MLflow upgrades on opening. */
export const revision = '{revision}';

/** Made from MLflow 2.9.2 itself by scripts/referees/mlflow_schema.py. */
export const schema = `
{body}
`;
"""
)
