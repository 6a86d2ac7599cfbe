"""What a database server would write of people into its own log, and the statement that stops it.

The embedded server is told what to keep out of its log when it starts. A server of one's own is told by
whoever looks after it: ``alongside check`` says what is still to be told.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from alongside.web.site.database import Address, Addresses


@dataclass(frozen=True)
class Setting:
    """A setting of the server: the values that keep people out of its log, and what any other writes there.

    The first value is the one to set. With ``unless`` of another setting, nothing is written either.
    """

    name: str
    good: tuple[str, ...]
    writes: str
    unless: tuple[str, str] = ("", "")


# What writes statements, each with the values that were typed into it.
STATEMENTS = (
    Setting("log_statement", ("none",), "writes statements"),
    Setting("log_min_duration_statement", ("-1",), "writes slow statements"),
    Setting(
        "log_min_duration_sample",
        ("-1",),
        "writes some of the slow statements",
        unless=("log_statement_sample_rate", "0"),
    ),
    Setting("log_transaction_sample_rate", ("0",), "writes all statements of some transactions"),
    Setting(
        "auto_explain.log_min_duration",
        ("-1",),
        "writes slow statements with their plans",
        unless=("auto_explain.sample_rate", "0"),
    ),
    Setting("pgaudit.log", ("none", ""), "writes statements"),
)
# What writes the values that went with a statement: only where statements are written.
VALUES = (
    Setting("log_parameter_max_length", ("0",), "writes the values of each statement"),
    Setting("auto_explain.log_parameter_max_length", ("0",), "writes the values of each statement"),
)
ERRORS = (
    Setting("log_min_error_statement", ("panic",), "writes each statement that was refused"),
    Setting(
        "log_min_messages", ("log", "fatal", "panic"), "writes errors, which quote what was typed"
    ),
    Setting("log_error_verbosity", ("terse",), "writes the row that an error was about"),
    Setting(
        "log_parameter_max_length_on_error", ("0",), "writes the values of a refused statement"
    ),
    Setting("debug_print_parse", ("off",), "writes statements as the server reads them"),
    Setting("debug_print_rewritten", ("off",), "writes statements as the server reads them"),
    Setting("debug_print_plan", ("off",), "writes the plans of statements"),
)
NAMES = sorted(
    {
        name
        for each in (*STATEMENTS, *VALUES, *ERRORS)
        for name in (each.name, each.unless[0])
        if name
    }
)
# Where a value comes from, and what sets it there again. What the whole server says, a database may say otherwise.
OF_ROLE = {
    "user": "ALTER ROLE {role} SET",
    "database user": "ALTER ROLE {role} IN DATABASE {database} SET",
}
OF_DATABASE = "ALTER DATABASE {database} SET"


def written(addresses: Addresses) -> list[str]:
    """Give a sentence for each setting by which the server would write of people into its log."""
    found = [
        sentence
        for address in (addresses.owner, addresses.application)
        for sentence in _written_for(address)
    ]
    return list(dict.fromkeys(found))


def _written_for(address: Address) -> list[str]:
    with address.connect() as connection:
        rows = connection.execute(
            "select name, setting, source from pg_settings where name = any(%s)", [NAMES]
        ).fetchall()
        role = connection.execute("select current_user").fetchone()
    values = {name: setting for name, setting, _source in rows}
    sources = {name: source for name, _setting, source in rows}
    statements = [each for each in STATEMENTS if _writes(each, values)]
    values_too = [each for each in VALUES if statements and _writes(each, values)]
    errors = [each for each in ERRORS if _writes(each, values)]
    user = str(role[0]) if role else address.user
    return [
        f"The database {each.writes} into its log ({each.name} is {values[each.name] or 'empty'}): "
        f"{_mend(each, sources[each.name], address.name, user)}"
        for each in (*statements, *values_too, *errors)
    ]


def _writes(setting: Setting, values: dict[str, str]) -> bool:
    """Whether a setting is there, as those of what is not loaded are not, and lets something be written."""
    name, value = setting.unless
    quiet = values.get(setting.name, setting.good[0]) in setting.good
    return not quiet and not (name and values.get(name) == value)


def _mend(setting: Setting, source: str, database: str, role: str) -> str:
    if source == "client":
        return (
            f"take {setting.name} out of PGOPTIONS and out of the options in DATABASE_URL and "
            "ALONGSIDE_APPLICATION_DATABASE_URL."
        )
    statement = sql.SQL(OF_ROLE.get(source, OF_DATABASE) + " {name} = {value}").format(
        role=sql.Identifier(role),
        database=sql.Identifier(database),
        name=sql.Identifier(*setting.name.split(".")),
        value=sql.Literal(setting.good[0]),
    )
    return f"have a superuser run {statement.as_string()}."
