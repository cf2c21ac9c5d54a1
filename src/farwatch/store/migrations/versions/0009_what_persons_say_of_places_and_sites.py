"""Sites that can be searched, changed and retired, with their versions; levels that persons set;
each place's standing level; site lists that wait to be imported."""

import json

import sqlalchemy as sa
from alembic import op

from farwatch.world.fold import fold

revision = "0009"
down_revision = "0007"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _sites()
    _site_versions()
    _overrides()
    _place_levels()
    op.create_table(
        "site_lists",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_lists")),
    )
    op.create_index(op.f("ix_site_lists_expires"), "site_lists", ["expires"])


def _sites() -> None:
    op.add_column("sites", sa.Column("name", sa.Text(), nullable=False, server_default=""))
    op.add_column("sites", sa.Column("admin1", sa.Text(), nullable=True))
    op.add_column("sites", sa.Column("staff", sa.Integer(), nullable=True))
    op.add_column("sites", sa.Column("retired", _TIME, nullable=True))
    op.add_column("sites", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index(op.f("ix_sites_name_id"), "sites", ["name", "id"])
    op.create_index(op.f("ix_sites_admin1"), "sites", ["admin1"])


def _site_versions() -> None:
    op.create_table(
        "site_versions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_site_versions")),
    )
    conn = op.get_bind()
    names = ("id", "name", "admin1", "staff", "updated", "body")
    sites = sa.table("sites", *(sa.column(name) for name in names))
    stands = list(conn.execute(sa.select(sites.c.id, sites.c.updated, sites.c.body)))
    versions = sa.table("site_versions", *map(sa.column, ("id", "version", "at", "by", "how")),
                        sa.column("body"))  # fmt: skip
    for row in stands:
        site = json.loads(row.body)
        values = {
            "name": fold(site["name"]) or site["name"].casefold(),
            "admin1": _unit(site["country"], site["admin1"]),
            "staff": site["staff"],
        }
        conn.execute(sa.update(sites).where(sites.c.id == row.id).values(values))
    first = "1970-01-01 00:00:00" if conn.dialect.name == "sqlite" else "1970-01-01T00:00:00Z"
    rows = [
        {"id": row.id, "version": 1, "at": row.updated or first, "by": "desk", "how": "import",
         "body": row.body}
        for row in stands
    ]  # fmt: skip
    if rows:
        conn.execute(sa.insert(versions), rows)


def _unit(country: str | None, admin1: str | None) -> str | None:
    if not country or not admin1:
        return None
    return admin1 if "." in admin1 else f"{country}.{admin1}"


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("ended", _TIME, nullable=True),
        sa.Column("updated", _TIME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_place"), "overrides", ["place"])
    op.create_index(op.f("ix_overrides_until"), "overrides", ["until"])
    op.create_index(op.f("ix_overrides_updated"), "overrides", ["updated"])


def _place_levels() -> None:
    op.create_table(
        "place_levels",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("as_of", _TIME, nullable=False),
        sa.Column("overall", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("at_least", sa.Boolean(), nullable=False),
        sa.Column("trend", sa.Text(), nullable=False),
        sa.Column("updated", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_place_levels")),
    )
    op.create_index(op.f("ix_place_levels_updated"), "place_levels", ["updated"])
    op.execute(
        "INSERT INTO place_levels (place, as_of, overall, decided_by, at_least, trend, updated) "
        "SELECT a.place, a.as_of, a.overall, l.category, coalesce(l.at_least, false), "
        "coalesce(l.trend, 'unknown'), CURRENT_TIMESTAMP FROM ("
        "SELECT id, place, as_of, overall, row_number() OVER "
        "(PARTITION BY place ORDER BY as_of DESC, id DESC) AS rank FROM assessments) a "
        "LEFT JOIN (SELECT assessment, level, min(category) AS category FROM levels "
        "WHERE category NOT IN ('cyber', 'health') GROUP BY assessment, level) f "
        "ON f.assessment = a.id AND f.level = a.overall "
        "LEFT JOIN levels l ON l.assessment = a.id AND l.category = f.category WHERE a.rank = 1"
    )


def downgrade() -> None:
    for table in ("site_lists", "place_levels", "overrides", "site_versions"):
        op.drop_table(table)
    op.drop_index(op.f("ix_sites_admin1"), table_name="sites")
    op.drop_index(op.f("ix_sites_name_id"), table_name="sites")
    for column in ("version", "retired", "staff", "admin1", "name"):
        op.drop_column("sites", column)
