"""Tables of the first part"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("access_log_pkey")),
    )
    op.create_index(op.f("access_log_subject_id_idx"), "access_log", ["subject_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("account_pkey")),
        sa.UniqueConstraint("username", name=op.f("account_username_key")),
    )
    op.create_index(op.f("account_division_idx"), "account", ["division"], unique=False)
    op.create_table(
        "calendar_year",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("rest", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("make_up", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("calendar_year_pkey")),
        sa.UniqueConstraint("division", "year", "version", name=op.f("calendar_year_division_year_version_key")),
    )
    op.create_table(
        "division",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("division_pkey")),
    )
    op.create_index(op.f("division_parent_idx"), "division", ["parent"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("document_pkey")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("heartbeat_pkey")),
    )
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("household_pkey")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("argument", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
    )
    op.create_index("outbox_pending_idx", "outbox", ["id"], unique=False, postgresql_where=sa.text("state = 'pending'"))
    op.create_table(
        "parameter",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("parameter_pkey")),
        sa.UniqueConstraint(
            "key",
            "division",
            "effective_from",
            "version",
            name=op.f("parameter_key_division_effective_from_version_key"),
        ),
    )
    op.create_index("parameter_division_key_idx", "parameter", ["division", "key"], unique=False)
    op.create_table(
        "period",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("pinned_on", sa.Date(), nullable=False),
        sa.Column("notice_key", sa.String(), nullable=True),
        sa.Column("notice_posted_on", sa.Date(), nullable=True),
        sa.Column("nominal", sa.Date(), nullable=True),
        sa.Column("work_target", sa.Date(), nullable=True),
        sa.Column("late_after", sa.Date(), nullable=True),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing_key", sa.String(), nullable=True),
        sa.Column("deadline_version", sa.Integer(), nullable=False),
        sa.Column("climbs", sa.Boolean(), nullable=False),
        sa.Column("ladder", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ladder_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_moment", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("period_pkey")),
        sa.UniqueConstraint("workflow_id", "name", "round", name=op.f("period_workflow_id_name_round_key")),
    )
    op.create_table(
        "serial",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "division", "year", name=op.f("serial_pkey")),
    )
    op.create_table(
        "timeline",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grounds", postgresql.ARRAY(sa.String()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("timeline_pkey")),
    )
    op.create_index("timeline_subject_idx", "timeline", ["subject_id", "id"], unique=False)
    op.create_table(
        "clause",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("clause_document_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("clause_pkey")),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], name=op.f("file_uploaded_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("file_pkey")),
    )
    op.create_index(op.f("file_application_id_idx"), "file", ["application_id"], unique=False)
    op.create_index(op.f("file_division_idx"), "file", ["division"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("idempotency_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("idempotency_pkey")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("variables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("notice_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("notice_pkey")),
        sa.UniqueConstraint("account_id", "occasion", name=op.f("notice_account_id_occasion_key")),
    )
    op.create_index(
        "notice_waiting_idx", "notice", ["id"], unique=False, postgresql_where=sa.text("state in ('queued', 'sending')")
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("last4_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("person_household_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("person_pkey")),
        sa.UniqueConstraint("id_index", name=op.f("person_id_index_key")),
    )
    op.create_index(op.f("person_division_idx"), "person", ["division"], unique=False)
    op.create_index(op.f("person_last4_index_idx"), "person", ["last4_index"], unique=False)
    op.create_index(op.f("person_name_index_idx"), "person", ["name_index"], unique=False)
    op.create_table(
        "rung",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("deadline_version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("rung_period_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rung_pkey")),
        sa.UniqueConstraint(
            "period_id", "rung", "deadline_version", name=op.f("rung_period_id_rung_deadline_version_key")
        ),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("session_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("session_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("session_token_hash_key")),
    )
    op.create_index(op.f("session_account_id_idx"), "session", ["account_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("assignee", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_by is not null)", name=op.f("task_answered_has_person_check")
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (outcome is not null)", name=op.f("task_answered_has_outcome_check")
        ),
        sa.CheckConstraint("state in ('open', 'answered', 'closed')", name=op.f("task_state_check")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("task_answered_by_fkey")),
        sa.ForeignKeyConstraint(["assignee"], ["account.id"], name=op.f("task_assignee_fkey")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("task_period_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("task_pkey")),
        sa.UniqueConstraint("workflow_id", "step", "round", name=op.f("task_workflow_id_step_round_key")),
    )
    op.create_index("task_office_idx", "task", ["office", "department", "role", "state", "id"], unique=False)
    op.create_index(op.f("task_period_id_idx"), "task", ["period_id"], unique=False)
    op.create_index("task_subject_idx", "task", ["subject_id"], unique=False)
    op.create_index(
        "task_unacknowledged_idx",
        "task",
        ["answered_at"],
        unique=False,
        postgresql_where=sa.text("acknowledged_at is null and outcome is not null"),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("residence", sa.String(), nullable=False),
        sa.Column("registered_in", sa.String(), nullable=False),
        sa.Column("recognised_in", sa.String(), nullable=True),
        sa.Column("insured_in", sa.String(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("last_act_on", sa.Date(), nullable=False),
        sa.Column("pending_papers", sa.Boolean(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applicant_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("medical_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("payee_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("paper_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("settlement_index", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("compliant_total", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("basic", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("critical_illness", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("supplementary", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("commercial", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("preferential_subsidy", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("mutual_aid", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("institution_code", sa.String(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("discharged_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("out_of_region", sa.Boolean(), nullable=False),
        sa.Column("one_stop", sa.Boolean(), nullable=False),
        sa.Column("payee_kind", sa.String(), nullable=False),
        sa.CheckConstraint("status <> 'paid' or closed_at is not null", name=op.f("application_paid_is_closed_check")),
        sa.CheckConstraint(
            "status in ('submitted', 'supplement', 'survey', 'twp_review', 'twp_publicity', 'objection', 'forwarded', 'returned_twp', 'county_review', 'wait_cab', 'county_publicity', 'approved', 'paid', 'rejected', 'withdrawn', 'lapsed')",
            name=op.f("application_status_check"),
        ),
        sa.CheckConstraint("compliant_total <= total", name=op.f("application_costs_check")),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("application_filed_by_fkey")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("application_household_id_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("application_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("application_pkey")),
        sa.UniqueConstraint("number", name=op.f("application_number_key")),
    )
    op.create_index("application_division_id_idx", "application", ["division", "id"], unique=False)
    op.create_index(op.f("application_person_id_idx"), "application", ["person_id"], unique=False)
    op.create_index(op.f("application_settled_on_idx"), "application", ["settled_on"], unique=False)
    op.create_index(
        "application_settlement_once",
        "application",
        ["person_id", "settlement_index"],
        unique=True,
        postgresql_where=sa.text("status not in ('withdrawn', 'rejected', 'lapsed')"),
    )
    op.create_table(
        "application_paper",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state = 'pending' or file_id is not null", name=op.f("application_paper_file_check")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("application_paper_application_id_fkey")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("application_paper_file_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("application_paper_pkey")),
    )
    op.create_index(op.f("application_paper_application_id_idx"), "application_paper", ["application_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("base", sa.Numeric(), nullable=True),
        sa.Column("grounds", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(outcome = 'parameter_missing') = (amount is null)", name=op.f("decision_amount_check")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("decision_application_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("decision_pkey")),
    )
    op.create_index(op.f("decision_application_id_idx"), "decision", ["application_id"], unique=False)
    op.create_index(
        "decision_final_once", "decision", ["application_id"], unique=True, postgresql_where=sa.text("final")
    )
    op.create_table(
        "publicity",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("poster_file", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("publicity_application_id_fkey")),
        sa.ForeignKeyConstraint(["poster_file"], ["file.id"], name=op.f("publicity_poster_file_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("publicity_pkey")),
        sa.UniqueConstraint("application_id", "level", "round", name=op.f("publicity_application_id_level_round_key")),
    )
    op.create_table(
        "refusal",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("provisions", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("number_year", sa.Integer(), nullable=True),
        sa.Column("number_serial", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("notice_file", sa.Uuid(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("reconsideration_until", sa.Date(), nullable=True),
        sa.Column("suit_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(delivered_on is null) = (suit_until is null)", name=op.f("refusal_remedies_from_delivery_check")
        ),
        sa.CheckConstraint(
            "(issued_on is null) = (number_serial is null)", name=op.f("refusal_numbered_when_issued_check")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("refusal_application_id_fkey")),
        sa.ForeignKeyConstraint(["notice_file"], ["file.id"], name=op.f("refusal_notice_file_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("refusal_pkey")),
        sa.UniqueConstraint("application_id", "opening", name=op.f("refusal_application_id_opening_key")),
        sa.UniqueConstraint(
            "division", "number_year", "number_serial", name=op.f("refusal_division_number_year_number_serial_key")
        ),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("payee_kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("finance_approved_on", sa.Date(), nullable=True),
        sa.Column("transferred_on", sa.Date(), nullable=True),
        sa.Column("receipt_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("payment_amount_check")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("payment_application_id_fkey")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("payment_decision_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("payment_pkey")),
        sa.UniqueConstraint("application_id", name=op.f("payment_application_id_key")),
        sa.UniqueConstraint("decision_id", name=op.f("payment_decision_id_key")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side in ('debit', 'credit')", name=op.f("ledger_side_check")),
        sa.CheckConstraint("amount > 0", name=op.f("ledger_amount_check")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("ledger_decision_id_fkey")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("ledger_payment_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_pkey")),
        sa.UniqueConstraint("decision_id", "side", name=op.f("ledger_decision_id_side_key")),
    )


def downgrade() -> None:
    op.drop_table("ledger")
    op.drop_table("payment")
    op.drop_table("refusal")
    op.drop_table("publicity")
    op.drop_index("decision_final_once", table_name="decision", postgresql_where=sa.text("final"))
    op.drop_index(op.f("decision_application_id_idx"), table_name="decision")
    op.drop_table("decision")
    op.drop_index(op.f("application_paper_application_id_idx"), table_name="application_paper")
    op.drop_table("application_paper")
    op.drop_index(
        "application_settlement_once",
        table_name="application",
        postgresql_where=sa.text("status not in ('withdrawn', 'rejected', 'lapsed')"),
    )
    op.drop_index(op.f("application_settled_on_idx"), table_name="application")
    op.drop_index(op.f("application_person_id_idx"), table_name="application")
    op.drop_index("application_division_id_idx", table_name="application")
    op.drop_table("application")
    op.drop_index(
        "task_unacknowledged_idx",
        table_name="task",
        postgresql_where=sa.text("acknowledged_at is null and outcome is not null"),
    )
    op.drop_index("task_subject_idx", table_name="task")
    op.drop_index(op.f("task_period_id_idx"), table_name="task")
    op.drop_index("task_office_idx", table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("session_account_id_idx"), table_name="session")
    op.drop_table("session")
    op.drop_table("rung")
    op.drop_index(op.f("person_name_index_idx"), table_name="person")
    op.drop_index(op.f("person_last4_index_idx"), table_name="person")
    op.drop_index(op.f("person_division_idx"), table_name="person")
    op.drop_table("person")
    op.drop_index("notice_waiting_idx", table_name="notice", postgresql_where=sa.text("state in ('queued', 'sending')"))
    op.drop_table("notice")
    op.drop_table("idempotency")
    op.drop_index(op.f("file_division_idx"), table_name="file")
    op.drop_index(op.f("file_application_id_idx"), table_name="file")
    op.drop_table("file")
    op.drop_table("clause")
    op.drop_index("timeline_subject_idx", table_name="timeline")
    op.drop_table("timeline")
    op.drop_table("serial")
    op.drop_table("period")
    op.drop_index("parameter_division_key_idx", table_name="parameter")
    op.drop_table("parameter")
    op.drop_index("outbox_pending_idx", table_name="outbox", postgresql_where=sa.text("state = 'pending'"))
    op.drop_table("outbox")
    op.drop_table("household")
    op.drop_table("heartbeat")
    op.drop_table("document")
    op.drop_index(op.f("division_parent_idx"), table_name="division")
    op.drop_table("division")
    op.drop_table("calendar_year")
    op.drop_index(op.f("account_division_idx"), table_name="account")
    op.drop_table("account")
    op.drop_index(op.f("access_log_subject_id_idx"), table_name="access_log")
    op.drop_table("access_log")
