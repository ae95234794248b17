"""Payables, attempts, batches and the ledger in double entry."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BALANCE = """
create function ledger_in_balance() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  entry uuid := to_jsonb(new) ->> (case tg_table_name when 'ledger_entry' then 'id' else 'entry_id' end);
  debits numeric; credits numeric;
begin
  select coalesce(sum(amount) filter (where side = 'debit'), 0), coalesce(sum(amount) filter (where side = 'credit'), 0)
    into debits, credits from ledger_line where entry_id = entry;
  if debits = 0 or debits <> credits then
    raise exception 'ledger entry % is not in balance', entry using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger ledger_entry_in_balance after insert or update on ledger_entry
  deferrable initially deferred for each row execute function ledger_in_balance();
create constraint trigger ledger_line_in_balance after insert or update on ledger_line
  deferrable initially deferred for each row execute function ledger_in_balance();
"""

RECOVERED = """
create function recovered_in_year(person uuid, year integer) returns numeric
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(sum(r.amount), 0)
    from recovery r join application a on a.id = r.application_id
    join payment p on p.id = r.payment_id join decision d on d.id = p.decision_id
   where a.person_id = person and r.state = 'received' and extract(year from d.as_of) = year
$$;
comment on function recovered_in_year is 'What came back of the aid that counts for that year: a cap counts what was really spent.';
"""

NEW = (
    "payment_attempt",
    "recovery",
    "ledger_entry",
    "ledger_line",
    "disbursement",
    "disbursement_line",
    "disbursement_release",
    "fund_income",
)
APPEND_ONLY = ("ledger_entry", "ledger_line", "disbursement_release")
WORKER_WRITES = ("payment_attempt", "disbursement", "disbursement_line", "ledger_entry", "ledger_line")
API_INSERTS = (
    "recovery",
    "ledger_entry",
    "ledger_line",
    "disbursement",
    "disbursement_line",
    "disbursement_release",
    "fund_income",
)
API_UPDATES = ("payment_attempt", "recovery", "disbursement", "disbursement_line", "fund_income")

PAYMENT_STATUSES = (
    "'pay_prepared', 'on_hold', 'submitted_to_finance', 'queried', 'fin_review', 'returned_by_bank', 'confirmed'"
)


def upgrade() -> None:
    op.add_column("application", sa.Column("payee_checked_on", sa.Date(), nullable=True))
    op.add_column("session", sa.Column("stepped_up_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_table("ledger")
    op.create_check_constraint("status", "payment", f"status in ({PAYMENT_STATUSES})")
    op.create_check_constraint("payee_kind", "payment", "payee_kind in ('hospital', 'pharmacy', 'person')")
    _batches()
    _attempts()
    _ledger()
    _incomes()
    op.execute(BALANCE)
    op.execute(RECOVERED)
    for table in NEW:
        _wall(table)
    op.execute(f"grant insert on {', '.join(API_INSERTS)} to jiuzhu_api")
    op.execute(f"grant update on {', '.join(API_UPDATES)} to jiuzhu_api")
    op.execute("grant update (payee_kind) on payment to jiuzhu_api")


def downgrade() -> None:
    raise RuntimeError("what was booked stays booked; restore a backup instead")


def _batches() -> None:
    op.create_table(
        "disbursement",
        _key(),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contract_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("prepared_on", sa.Date(), nullable=False),
        _moment("prepared_at"),
        _account("prepared_by"),
        _moment("submitted_at", nullable=True),
        _moment("approved_at", nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        _account("approved_by", nullable=True),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        _moment("closed_at", nullable=True),
        sa.CheckConstraint(
            "state in ('prepared', 'submitted', 'approved', 'closed', 'cancelled')",
            name=op.f("disbursement_state_check"),
        ),
        sa.CheckConstraint(
            "state not in ('approved', 'closed') or approved_by is not null",
            name=op.f("disbursement_approved_has_person_check"),
        ),
        sa.CheckConstraint("approved_by <> prepared_by", name=op.f("disbursement_two_persons_check")),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at is not null)", name=op.f("disbursement_closed_has_moment_check")
        ),
        sa.ForeignKeyConstraint(["prepared_by"], ["account.id"], name=op.f("disbursement_prepared_by_fkey")),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("disbursement_approved_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("disbursement_pkey")),
        sa.UniqueConstraint("number", name=op.f("disbursement_number_key")),
        sa.UniqueConstraint("division", "year", "serial", name=op.f("disbursement_division_year_serial_key")),
    )
    op.create_table(
        "disbursement_line",
        _key(),
        sa.Column("disbursement_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state in ('in', 'taken_out', 'returned', 'held')", name=op.f("disbursement_line_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["disbursement_id"], ["disbursement.id"], name=op.f("disbursement_line_disbursement_id_fkey")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("disbursement_line_payment_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("disbursement_line_pkey")),
        sa.UniqueConstraint("disbursement_id", "no", name=op.f("disbursement_line_disbursement_id_no_key")),
    )
    op.create_index(
        "disbursement_line_in_once",
        "disbursement_line",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'in'"),
    )
    op.create_table(
        "disbursement_release",
        _key(),
        sa.Column("disbursement_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        _moment("released_at"),
        _account("released_by"),
        sa.Column("xlsx_file", sa.Uuid(), nullable=False),
        sa.Column("csv_file", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disbursement_id"], ["disbursement.id"], name=op.f("disbursement_release_disbursement_id_fkey")
        ),
        sa.ForeignKeyConstraint(["released_by"], ["account.id"], name=op.f("disbursement_release_released_by_fkey")),
        sa.ForeignKeyConstraint(["xlsx_file"], ["file.id"], name=op.f("disbursement_release_xlsx_file_fkey")),
        sa.ForeignKeyConstraint(["csv_file"], ["file.id"], name=op.f("disbursement_release_csv_file_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("disbursement_release_pkey")),
        sa.UniqueConstraint("disbursement_id", "no", name=op.f("disbursement_release_disbursement_id_no_key")),
    )


def _attempts() -> None:
    op.create_table(
        "payment_attempt",
        _key(),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payee_kind", sa.String(), nullable=False),
        sa.Column("payee_sealed", sa.LargeBinary(), nullable=False),
        _moment("opened_at"),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'confirmed', 'bounced', 'not_paid', 'cancelled')",
            name=op.f("payment_attempt_state_check"),
        ),
        sa.CheckConstraint("(state = 'open') = (ended_on is null)", name=op.f("payment_attempt_ended_has_day_check")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("payment_attempt_payment_id_fkey")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["disbursement_release.id"], name=op.f("payment_attempt_release_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("payment_attempt_pkey")),
        sa.UniqueConstraint("payment_id", "no", name=op.f("payment_attempt_payment_id_no_key")),
    )
    op.create_index(op.f("payment_attempt_release_id_idx"), "payment_attempt", ["release_id"], unique=False)
    for name, state in (("open", "open"), ("paid", "confirmed")):
        op.create_index(
            f"payment_attempt_{name}_once",
            "payment_attempt",
            ["payment_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_table(
        "recovery",
        _key(),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        _yuan("amount"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        _moment("proposed_at"),
        _account("proposed_by"),
        sa.Column("approved_on", sa.Date(), nullable=True),
        _account("decided_by", nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        _account("received_by", nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("recovery_amount_check")),
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'refused', 'received')", name=op.f("recovery_state_check")
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("recovery_two_persons_check")),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by is null)", name=op.f("recovery_decided_has_person_check")
        ),
        sa.CheckConstraint(
            "(state = 'received') = (received_on is not null)", name=op.f("recovery_received_has_day_check")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("recovery_payment_id_fkey")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("recovery_application_id_fkey")),
        *(
            sa.ForeignKeyConstraint([name], ["account.id"], name=op.f(f"recovery_{name}_fkey"))
            for name in ("proposed_by", "decided_by", "received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("recovery_pkey")),
    )
    op.create_index(op.f("recovery_payment_id_idx"), "recovery", ["payment_id"], unique=False)


def _ledger() -> None:
    op.create_table(
        "ledger_entry",
        _key(),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        _moment("booked_at"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("ledger_entry_payment_id_fkey")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("ledger_entry_decision_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_entry_pkey")),
        sa.UniqueConstraint("key", name=op.f("ledger_entry_key_key")),
    )
    op.create_index(op.f("ledger_entry_payment_id_idx"), "ledger_entry", ["payment_id"], unique=False)
    op.create_index("ledger_entry_division_booked_on_idx", "ledger_entry", ["division", "booked_on"], unique=False)
    op.create_table(
        "ledger_line",
        _key(),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        _yuan("amount"),
        sa.CheckConstraint("side in ('debit', 'credit')", name=op.f("ledger_line_side_check")),
        sa.CheckConstraint("amount > 0", name=op.f("ledger_line_amount_check")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("ledger_line_entry_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_line_pkey")),
        sa.UniqueConstraint("entry_id", "account", "side", name=op.f("ledger_line_entry_id_account_side_key")),
    )


def _incomes() -> None:
    op.create_table(
        "fund_income",
        _key(),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        _yuan("amount"),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("typed_sealed", sa.LargeBinary(), nullable=False),
        _moment("entered_at"),
        _account("entered_by"),
        sa.Column("undone_on", sa.Date(), nullable=True),
        _account("undone_by", nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("fund_income_amount_check")),
        sa.CheckConstraint(
            "source in ('central_subsidy', 'provincial_subsidy', 'city_subsidy', 'county_subsidy', 'donation', "
            "'interest', 'other', 'opening_balance')",
            name=op.f("fund_income_source_check"),
        ),
        sa.CheckConstraint(
            "(undone_on is null) = (undone_by is null)", name=op.f("fund_income_undone_has_person_check")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fund_income_entered_by_fkey")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fund_income_undone_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("fund_income_pkey")),
    )


def _key() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _account(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _yuan(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(precision=14, scale=2), nullable=False)


def _wall(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy migration on {table} to current_user using (true) with check (true)")
    op.execute(f"create policy worker on {table} to jiuzhu_worker using (true) with check (true)")
    writes = "select, insert" if table in WORKER_WRITES else "select"
    if table in WORKER_WRITES and table not in APPEND_ONLY:
        writes += ", update"
    op.execute(f"grant {writes} on {table} to jiuzhu_worker")
    condition = "in_scope(division) and handles_cases()"
    op.execute(f"create policy api on {table} to jiuzhu_api using ({condition}) with check ({condition})")
    op.execute(f"grant select on {table} to jiuzhu_api")
