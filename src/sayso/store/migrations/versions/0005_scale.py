"""For large desks: indexes, who works on what, which documents changed last, and full text on PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXES: dict[str, tuple[str, list[str]]] = {
    "ix_documents_current_published": ("documents", ["current", "published_start", "id"]),
    "ix_documents_current_language": ("documents", ["current", "language", "published_start", "id", "item_id"]),
    "ix_items_outlet": ("items", ["outlet", "held", "date_start", "outlet_id"]),
    "ix_captures_role_sha256": ("captures", ["role", "sha256"]),
    "ix_captures_url_role": ("captures", ["url", "role", "sha256"]),
    "ix_shifts_date": ("shifts", ["date"]),
    "ix_items_date_start": ("items", ["date_start"]),
    "ix_statements_parent": ("statements", ["parent"]),
    "ix_captures_fetched_at": ("captures", ["fetched_at"]),
}
# Rows about a statement, and the column that names it.
ABOUT = {"statement_topics": "statement_id", "machine_codings": "statement_id", "human_codings": "statement_id"}

NUMBERS = 0x5A7_5A73  # the advisory lock of those who number what they touched (as in `_engine`)

# ISO 639-1 -> configuration of PostgreSQL; other languages are searched word by word.
LANGUAGES = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("stage", "subject", name=op.f("pk_claims")),
    )
    op.create_table(
        "touched",
        sa.Column("document_id", sa.String(24), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_touched")),
    )
    op.create_table(
        "tracked",
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("topic_id", sa.String(64), nullable=False),
        sa.Column("family", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "topic_id", "family", name=op.f("pk_tracked")),
    )
    op.create_index("ix_touched_at", "touched", ["at"])
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    if op.get_bind().dialect.name == "postgresql":
        _full_text()
        _follow_postgresql()
    else:
        _follow_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ("statements", "documents", "items", *ABOUT):
            op.execute(f"DROP TRIGGER {table}_touched ON {table}")
            op.execute(f"DROP FUNCTION sayso_{table}_touched()")
        op.execute("DROP TRIGGER touched_number ON touched")
        op.execute("DROP FUNCTION sayso_number()")
        op.execute("DROP FUNCTION sayso_touch(text)")
        op.execute("DROP SEQUENCE touched_at")
        for table in ("statements", "documents"):
            op.execute(f"DROP TRIGGER {table}_words ON {table}")
            op.execute(f"DROP FUNCTION sayso_{table}_words()")
            op.execute(f"DROP FUNCTION sayso_{table}_with(tsquery)")
            op.execute(f"DROP TABLE {table}_search")
        for function in ("query(text, boolean)", "statement_vector(text, text, text, text)", "vector(text, text, text)",
                         "config(text)", "fold(text)"):  # fmt: skip
            op.execute(f"DROP FUNCTION sayso_{function}")
    else:
        for table in ("statements", "documents", "items", *ABOUT):
            for what in ("put", "set", "drop"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_touched_{what}")
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_table("tracked")
    op.drop_table("touched")
    op.drop_table("claims")


# --- which documents changed last, whoever changes them ---------------------------------------------------------


def _follow_sqlite() -> None:
    """Whatever changes a document's statements, topics or codings moves the document to the end of `touched`."""

    def touch(documents: str) -> str:
        return (
            "INSERT OR REPLACE INTO touched (document_id, at) "
            f"SELECT document_id, (SELECT coalesce(max(at), 0) + 1 FROM touched) FROM ({documents});"
        )

    def follow(table: str, what: str, event: str, body: str) -> None:
        op.execute(f"CREATE TRIGGER {table}_touched_{what} AFTER {event} ON {table} BEGIN {body} END")

    for what, event, rows in (("put", "INSERT", "new"), ("set", "UPDATE", "new"), ("drop", "DELETE", "old")):
        follow("statements", what, event, touch(f"SELECT {rows}.document_id AS document_id"))
        for table, column in ABOUT.items():
            follow(table, what, event, touch(f"SELECT document_id FROM statements WHERE id = {rows}.{column}"))
    documents = "UPDATE OF current, language, outlet, item_id, published_start ON"
    follow("documents", "set", documents.removesuffix(" ON"), touch("SELECT new.id AS document_id"))
    follow("documents", "drop", "DELETE", touch("SELECT old.id AS document_id"))
    follow(
        "items",
        "set",
        "UPDATE OF medium, outlet, joined",
        touch("SELECT id AS document_id FROM documents WHERE item_id = new.id")
        + touch("SELECT DISTINCT document_id FROM statements WHERE item_id = new.id"),
    )


def _follow_postgresql() -> None:
    # Numbers are given when a transaction ends, to one after the other: whoever has seen a number has seen all before it,
    # though several write at once.
    op.execute("CREATE SEQUENCE touched_at")
    op.execute(
        "CREATE FUNCTION sayso_touch(which text) RETURNS void LANGUAGE sql AS $$ "
        "INSERT INTO touched (document_id, at) SELECT which, -1 WHERE which IS NOT NULL "
        "ON CONFLICT (document_id) DO UPDATE SET at = -1 WHERE touched.at >= 0 $$"
    )
    op.execute(
        "CREATE FUNCTION sayso_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"PERFORM pg_advisory_xact_lock({NUMBERS}); "
        "UPDATE touched SET at = nextval('touched_at') WHERE document_id = NEW.document_id AND at < 0; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER touched_number AFTER INSERT OR UPDATE ON touched DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW WHEN (NEW.at < 0) EXECUTE FUNCTION sayso_number()"
    )

    def follow(table: str, event: str, body: str, columns: str = "") -> None:
        # A trigger that names columns in its head would forbid to alter them; so its body looks whether they changed.
        same = " AND ".join(f"OLD.{each} IS NOT DISTINCT FROM NEW.{each}" for each in columns.split())
        event = " OR ".join(each for each in (event, "UPDATE" if columns else "") if each)
        op.execute(
            f"CREATE FUNCTION sayso_{table}_touched() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN "
            "IF current_setting('sayso.bulk', true) = 'on' THEN RETURN NULL; END IF; "
            + (f"IF TG_OP = 'UPDATE' THEN IF {same} THEN RETURN NULL; END IF; END IF; " if same else "")
            + "IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF; "
            f"{body} RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_touched AFTER {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION sayso_{table}_touched()"
        )

    follow("statements", "INSERT OR UPDATE OR DELETE", "PERFORM sayso_touch(r.document_id);")
    for table, column in ABOUT.items():
        follow(
            table,
            "INSERT OR UPDATE OR DELETE",
            f"PERFORM sayso_touch((SELECT document_id FROM statements WHERE id = r.{column}));",
        )
    follow(
        "documents",
        "DELETE",
        "PERFORM sayso_touch(r.id);",
        "current language outlet item_id published_start",
    )
    follow(
        "items",
        "",
        "PERFORM sayso_touch(id) FROM documents WHERE item_id = r.id; "
        "PERFORM sayso_touch(document_id) FROM (SELECT DISTINCT document_id FROM statements WHERE item_id = r.id) AS d;",
        "medium outlet joined",
    )


# --- full text on PostgreSQL ------------------------------------------------------------------------------------


def _full_text() -> None:
    bind = op.get_bind()
    there = set(bind.execute(sa.text("SELECT cfgname FROM pg_ts_config")).scalars())
    known = {code: name for code, name in sorted(LANGUAGES.items()) if name in there}
    # What PostgreSQL takes for letters depends on the server's language; a collation that knows all is named instead.
    collations = set(bind.execute(sa.text("SELECT collname FROM pg_collation")).scalars())
    letters = next((f'COLLATE "{name}"' for name in ("pg_c_utf8", "und-x-icu", "C.utf8") if name in collations), "")
    cases = "\n".join(f"    WHEN '{code}' THEN 'pg_catalog.{name}'::regconfig" for code, name in known.items())
    forms = "\n".join(
        f"      , plainto_tsquery('pg_catalog.{name}', words)::text" for name in sorted(set(known.values()))
    )
    for sql in FUNCTIONS:
        filled = sql.replace("{letters}", letters).replace("{cases}", cases).replace("{forms}", forms)
        bind.exec_driver_sql(filled)
    vectors = {
        "statements": "sayso_statement_vector(NEW.document_id, NEW.text, NEW.speaker_name, NEW.target_name)",
        "documents": "sayso_vector(NEW.language, NEW.title, NEW.text)",
    }
    columns = {"statements": "text, speaker_name, target_name", "documents": "title, text, language"}
    for table, vector in vectors.items():
        same = " AND ".join(f"OLD.{each} IS NOT DISTINCT FROM NEW.{each}" for each in columns[table].split(", "))
        op.execute(
            f"CREATE TABLE {table}_search (key bigint PRIMARY KEY REFERENCES {table} (key) ON DELETE CASCADE, "
            "words tsvector NOT NULL)"
        )
        op.execute(f"CREATE INDEX ix_{table}_search_words ON {table}_search USING gin (words)")
        # To look at the words of a row takes far longer than the planner thinks, so it is told never to look at every row.
        op.execute(
            f"CREATE FUNCTION sayso_{table}_with(asked tsquery) RETURNS SETOF bigint LANGUAGE sql STABLE "
            f"SET enable_seqscan = off AS $$ SELECT key FROM {table}_search WHERE words @@ asked $$"
        )
        op.execute(
            f"CREATE FUNCTION sayso_{table}_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF current_setting('sayso.bulk', true) = 'on' THEN RETURN NULL; END IF; "
            f"IF TG_OP = 'UPDATE' THEN IF {same} THEN RETURN NULL; END IF; END IF; "
            f"INSERT INTO {table}_search (key, words) VALUES (NEW.key, {vector}) "
            "ON CONFLICT (key) DO UPDATE SET words = excluded.words; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_words AFTER INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION sayso_{table}_words()"
        )


FUNCTIONS = (
    # Words as they are compared: no accents, small letters, nothing but letters and digits.
    r"""CREATE FUNCTION sayso_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN t ~ '^[\x01-\x7f]*$' THEN lower(regexp_replace(t, '[^0-9A-Za-z]+', ' ', 'g'))
  ELSE regexp_replace(
    lower(normalize(regexp_replace(normalize(t, NFD), '[\u0300-\u036f]+', '', 'g'), NFC) {letters}) {letters},
    '[^[:alnum:]]+', ' ', 'g') END $$""",
    """CREATE FUNCTION sayso_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE language
{cases}
    ELSE 'pg_catalog.simple'::regconfig END $$""",
    # Every word as it stands there, and beside it its stem in the page's language. A text with more different words than
    # a tsvector holds is searched in its first quarter of a million characters.
    """CREATE FUNCTION sayso_vector(language text, head text, body text) RETURNS tsvector LANGUAGE plpgsql STABLE AS $$
  DECLARE
    h text := sayso_fold(coalesce(head, ''));
    b text := sayso_fold(coalesce(body, ''));
    f regconfig := sayso_config(language);
    w tsvector;
  BEGIN
    w := setweight(to_tsvector('pg_catalog.simple', h), 'A') || setweight(to_tsvector('pg_catalog.simple', b), 'B');
    IF f <> 'pg_catalog.simple'::regconfig THEN
      w := w || setweight(to_tsvector(f, h), 'C') || setweight(to_tsvector(f, b), 'D');
    END IF;
    RETURN w;
  EXCEPTION WHEN program_limit_exceeded THEN
    RETURN setweight(to_tsvector('pg_catalog.simple', left(h, 1000)), 'A')
      || setweight(to_tsvector('pg_catalog.simple', left(b, 250000)), 'B');
  END $$""",
    """CREATE FUNCTION sayso_statement_vector(document text, body text, speaker text, target text) RETURNS tsvector
  LANGUAGE sql STABLE AS $$
  SELECT sayso_vector((SELECT d.language FROM documents d WHERE d.id = document), body, concat_ws(' ', speaker, target)) $$""",
    # Of a single word all its stems, each once: most languages leave it as it is.
    """CREATE FUNCTION sayso_query(t text, beginning boolean) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN beginning THEN to_tsquery('pg_catalog.simple', replace(words, ' ', ' <-> ') || ':*')
    WHEN strpos(words, ' ') > 0 THEN phraseto_tsquery('pg_catalog.simple', words)
    ELSE coalesce((SELECT string_agg(DISTINCT form, ' | ' ORDER BY form)::tsquery FROM unnest(ARRAY[
      plainto_tsquery('pg_catalog.simple', words)::text
{forms}
    ]) AS form WHERE form <> ''), plainto_tsquery('pg_catalog.simple', words))
    END FROM (SELECT trim(sayso_fold(t)) AS words) AS folded $$""",
)
