"""Import of Discourse Network Analyzer databases (`.dna`, SQLite; versions 2 and 3 of the program).

Every statement type's variables become what they are here: the concept a code (one family a type), person, organization
and all others attributes of the passage, a boolean variable such as "agreement" an attribute "yes" or "no". They stand in
the coding's memo, too: a concept that somebody is against is no concept that they are for.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import defaultdict
from pathlib import Path

from sayso.code.codebook import Code, Codebook, Family
from sayso.code.exchange import Passage, Project, Source
from sayso.errors import SaysoError
from sayso.records import Coding

_MILLISECONDS = 10**11  # larger than any time of a publication in seconds
_LONGEST_NAME = 200


def read_dna(path: str | Path, concept: str = "concept") -> Project:
    """Documents with their statements; codes are the values of the variable `concept`.

    Raises `SaysoError` for a file that is no such database. Statements of types without that variable keep their
    attributes and get no code.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\x00":
                raise SaysoError(f"{path}: is no DNA database (no SQLite file)")
    except OSError as error:
        raise SaysoError(f"{path}: cannot be read: {error.strerror}") from error
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return _read(connection, path, concept)
    except (
        sqlite3.Error,
        IndexError,
        TypeError,
        ValueError,
    ) as error:  # columns that are missing or hold something else
        raise SaysoError(f"{path}: is no DNA database that can be read: {error}") from error
    finally:
        connection.close()


def _read(db: sqlite3.Connection, path: Path, concept: str) -> Project:
    tables = {row[0].upper() for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    missing = {"DOCUMENTS", "STATEMENTS", "VARIABLES", "STATEMENTTYPES"} - tables
    if missing:
        raise SaysoError(f"{path}: is no DNA database (no table {', '.join(sorted(missing))})")
    types = {row["ID"]: str(row["Label"]) for row in db.execute("SELECT ID, Label FROM STATEMENTTYPES")}
    variables = {
        row["ID"]: (str(row["Variable"]), str(row["DataType"]))
        for row in db.execute("SELECT ID, Variable, DataType FROM VARIABLES")
    }
    coders = (
        {row["ID"]: str(row["Name"]) for row in db.execute("SELECT ID, Name FROM CODERS")} if "CODERS" in tables else {}
    )
    values = _values(db, tables, variables)
    codes: dict[str, dict[str, None]] = defaultdict(dict)
    passages: dict[int, list[Passage]] = defaultdict(list)
    for row in db.execute(
        "SELECT ID, StatementTypeId, DocumentId, Start, Stop, Coder FROM STATEMENTS ORDER BY Start, ID"
    ):
        given = dict(values.get(row["ID"], {}))
        family = types.get(row["StatementTypeId"], "DNA")
        code = _short(given.pop(concept, ""))
        codings: tuple[Coding, ...] = ()
        if code:
            codes[family][code] = None
            coder = coders.get(row["Coder"], "") or "unnamed"
            said = "; ".join(f"{name}: {value}" for name, value in given.items())  # who, and whether for or against
            codings = (Coding(f"dna:{row['ID']}", family, code, coder, memo=said),)
        passages[row["DocumentId"]].append(Passage(row["Start"], row["Stop"], codings, given))
    sources = []
    for row in db.execute("SELECT * FROM DOCUMENTS ORDER BY ID"):
        about = {key.lower(): str(row[key]) for key in ("Author", "Source", "Section", "Type", "Notes") if row[key]}
        text = str(row["Text"] or "")
        inside = [p for p in passages[row["ID"]] if 0 <= p.start < p.end <= len(text)]
        sources.append(Source(str(row["Title"] or ""), text, tuple(inside), _day(row["Date"]), about))
    families = [
        Family(name=name, description=f"Values of {concept!r} in {path.name}", codes=tuple(Code(name=c) for c in found))
        for name, found in codes.items()
    ]
    return Project(Codebook(families=tuple(families)), tuple(sources))


def _values(
    db: sqlite3.Connection, tables: set[str], variables: dict[int, tuple[str, str]]
) -> dict[int, dict[str, str]]:
    """For every statement the value of each variable. Short texts are held by value or by reference, by version."""
    out: dict[int, dict[str, str]] = defaultdict(dict)
    for table in ("DATASHORTTEXT", "DATALONGTEXT", "DATAINTEGER", "DATABOOLEAN"):
        if table not in tables:
            continue
        columns = {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}
        query = f"SELECT StatementId, VariableId, Value AS v FROM {table}"
        if table == "DATASHORTTEXT" and "Entity" in columns:
            query = (
                f"SELECT d.StatementId, d.VariableId, e.Value AS v FROM {table} d JOIN ENTITIES e ON e.ID = d.Entity"
            )
        elif table == "DATASHORTTEXT" and "ATTRIBUTES" in tables:
            query = (
                f"SELECT d.StatementId, d.VariableId, a.Value AS v FROM {table} d JOIN ATTRIBUTES a ON a.ID = d.Value"
            )
        for row in db.execute(query):
            name, kind = variables.get(row["VariableId"], ("", ""))
            if name and row["v"] is not None:
                value = ("yes" if int(row["v"]) else "no") if kind == "boolean" else str(row["v"])
                out[row["StatementId"]][name] = value
    return out


def _day(value: object) -> dt.date | None:
    """Seconds since 1970 (version 3) or milliseconds (version 2)."""
    try:
        seconds = int(str(value))
        seconds = seconds // 1000 if abs(seconds) >= _MILLISECONDS else seconds
        return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)).date()
    except (ValueError, OverflowError):
        return None


def _short(name: str) -> str:
    return " ".join(name.split())[:_LONGEST_NAME].strip()
