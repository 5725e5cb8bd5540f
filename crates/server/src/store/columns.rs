//! The columns of statements whose rows are parsed in several places.
//!
//! No statement for PostgreSQL selects `*`: a server of the next version may add a column while this one runs, and then a
//! prepared statement with `*` fails ("cached plan must not change result type",
//! <https://www.postgresql.org/docs/15/sql-prepare.html>).

/// The columns of `users` that [`Account::of`](super::Account::of) reads.
macro_rules! account_columns {
    () => {
        "pk, id, name, email, locale, created_at, joined_at, last_active_at"
    };
    (u) => {
        "u.pk, u.id, u.name, u.email, u.locale, u.created_at, u.joined_at, u.last_active_at"
    };
}

/// The columns of `audit` that are shown.
macro_rules! audit_columns {
    (e) => {
        "e.seq, e.id, e.at, e.action, e.actor, e.actor_name, e.target, e.target_name, e.node, e.view, e.details, e.texts"
    };
}

/// The columns of `views` that [`StoredView`](super::StoredView) has.
macro_rules! view_columns {
    () => {
        "id, session, actor, user_pk, started_at, expires_at, end_reason"
    };
}

pub(super) use {account_columns, audit_columns, view_columns};
