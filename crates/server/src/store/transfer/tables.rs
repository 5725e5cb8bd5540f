//! The tables that a copy of the whole database contains, and their columns.

use Kind::{Bytes, Flag, Integer, Text};

/// The type of a column, the same in both databases, except that SQLite stores a flag as 0 or 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Text,
    Bytes,
    Flag,
}

/// A table that is copied.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The number of columns in the primary key. They come first.
    pub(super) key: usize,
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// All tables, each after those that it refers to.
pub(super) const TABLES: [&Table; 23] = [
    &NODES,
    &USERS,
    &Table {
        name: "assignments",
        key: 2,
        columns: &[("user_pk", Integer), ("node", Integer), ("roles", Integer)],
    },
    &JOBS,
    &OUTBOX,
    &Table {
        name: "counted_mails",
        key: 1,
        columns: &[
            ("number", Integer),
            ("sender", Integer),
            ("address", Text),
            ("kind", Text),
            ("created_at", Integer),
            ("due_at", Integer),
        ],
    },
    &PENDING_GRANTS,
    &SESSIONS,
    &SIGN_IN_LINKS,
    &Table {
        name: "search_texts",
        key: 1,
        columns: &[("user_pk", Integer), ("name", Text), ("email", Text)],
    },
    &INVITATION_LINKS,
    &REMOVALS,
    &IDEMPOTENCY_KEYS,
    &VIEWS,
    &Table { name: "view_tops", key: 2, columns: &[("view", Bytes), ("node", Integer), ("user_name", Text)] },
    &Table {
        name: "view_refusals",
        key: 2,
        columns: &[("view", Bytes), ("operation", Text), ("refused", Integer)],
    },
    &BULK_JOBS,
    &BULK_JOB_USERS,
    &Table {
        name: "unsubscribe_links",
        key: 1,
        columns: &[("token_hash", Bytes), ("user_pk", Integer), ("created_at", Integer)],
    },
    // Before the entries, which continue after the sealed ones.
    &AUDIT_SEGMENTS,
    &AUDIT,
    &Table {
        name: "audit_conversion",
        key: 1,
        columns: &[("entries", Integer), ("hash", Bytes), ("converted_at", Integer)],
    },
    &Table {
        name: "audit_exports",
        key: 1,
        columns: &[("target", Text), ("entries", Integer), ("hash", Bytes), ("seal", Bytes)],
    },
];

/// One number for each key. It is copied last, without the keys of [`OWN_META_KEYS`], because the derived data count in
/// it.
pub(super) const META: Table = Table { name: "meta", key: 1, columns: &[("key", Text), ("value", Integer)] };

/// The keys of the table `meta` that each database has for itself.
pub(super) const OWN_META_KEYS: [&str; 3] = ["directory_schema", "directory_changes_from", "probe"];

const NODES: Table = Table {
    name: "nodes",
    key: 1,
    columns: &[
        ("pk", Integer),
        ("id", Bytes),
        ("parent", Integer),
        ("kind", Text),
        ("name", Text),
        ("disabled_roles", Integer),
    ],
};

const USERS: Table = Table {
    name: "users",
    key: 1,
    columns: &[
        ("pk", Integer),
        ("id", Bytes),
        ("name", Text),
        ("name_key", Text),
        ("email", Text),
        ("email_norm", Text),
        ("unproved_by", Integer),
        ("locale", Text),
        ("created_at", Integer),
        ("joined_at", Integer),
        ("last_active_at", Integer),
        ("removed_at", Integer),
        ("erased_at", Integer),
        ("digests", Flag),
    ],
};

/// Without the leases: the servers of the other database do not hold them.
const JOBS: Table = Table {
    name: "jobs",
    key: 1,
    columns: &[
        ("pk", Integer),
        ("id", Bytes),
        ("kind", Text),
        ("owner", Integer),
        ("created_at", Integer),
        ("due_at", Integer),
        ("position", Integer),
        ("attempts", Integer),
        ("finished_at", Integer),
    ],
};

const OUTBOX: Table = Table {
    name: "outbox",
    key: 1,
    columns: &[
        ("pk", Integer),
        ("user_pk", Integer),
        ("sender", Integer),
        ("language", Text),
        ("mail", Text),
        ("kind", Text),
        ("created_at", Integer),
        ("link", Bytes),
        ("outcome", Text),
        ("reply", Text),
        ("ended_at", Integer),
    ],
};

const PENDING_GRANTS: Table = Table {
    name: "pending_grants",
    key: 3,
    columns: &[
        ("user_pk", Integer),
        ("node", Integer),
        ("granted_by", Integer),
        ("roles", Integer),
        ("created_at", Integer),
        ("expires_at", Integer),
        ("message", Text),
        ("locale", Text),
        ("seq", Integer),
        ("first_entry", Integer),
        ("mail", Integer),
        ("remind_at", Integer),
        ("reports_expiry", Flag),
    ],
};

const SESSIONS: Table = Table {
    name: "sessions",
    key: 1,
    columns: &[
        ("token_hash", Bytes),
        ("id", Bytes),
        ("user_pk", Integer),
        ("device", Text),
        ("created_at", Integer),
        ("last_seen_at", Integer),
        ("expires_at", Integer),
        ("seq", Integer),
    ],
};

const SIGN_IN_LINKS: Table = Table {
    name: "sign_in_links",
    key: 1,
    columns: &[
        ("token_hash", Bytes),
        ("user_pk", Integer),
        ("is_mailed", Flag),
        ("created_at", Integer),
        ("expires_at", Integer),
        ("used_at", Integer),
    ],
};

const INVITATION_LINKS: Table = Table {
    name: "invitation_links",
    key: 1,
    columns: &[
        ("token_hash", Bytes),
        ("user_pk", Integer),
        ("maker", Integer),
        ("is_mailed", Flag),
        ("created_at", Integer),
        ("ended_at", Integer),
        ("seq", Integer),
    ],
};

const REMOVALS: Table = Table {
    name: "removals",
    key: 1,
    columns: &[
        ("id", Bytes),
        ("user_pk", Integer),
        ("name", Text),
        ("removed_by", Integer),
        ("removed_at", Integer),
        ("taken", Text),
        ("restored_at", Integer),
        ("seq", Integer),
        ("job", Integer),
    ],
};

const IDEMPOTENCY_KEYS: Table = Table {
    name: "idempotency_keys",
    key: 2,
    columns: &[
        ("user_pk", Integer),
        ("key", Text),
        ("request_hash", Bytes),
        ("answer", Text),
        ("created_at", Integer),
    ],
};

const VIEWS: Table = Table {
    name: "views",
    key: 1,
    columns: &[
        ("id", Bytes),
        ("session", Bytes),
        ("actor", Integer),
        ("user_pk", Integer),
        ("started_at", Integer),
        ("expires_at", Integer),
        ("ended_at", Integer),
        ("end_reason", Text),
        ("seq", Integer),
    ],
};

const BULK_JOBS: Table = Table {
    name: "bulk_jobs",
    key: 1,
    columns: &[
        ("job", Integer),
        ("action", Text),
        ("node", Bytes),
        ("role", Text),
        ("rights", Text),
        ("undo_of", Integer),
        ("state", Text),
        ("stop_reason", Text),
        ("total", Integer),
        ("done", Integer),
        ("unchanged", Integer),
        ("refused", Integer),
    ],
};

const BULK_JOB_USERS: Table = Table {
    name: "bulk_job_users",
    key: 2,
    columns: &[
        ("job", Integer),
        ("position", Integer),
        ("user_id", Bytes),
        ("outcome", Text),
        ("change", Text),
        ("undone", Flag),
        ("source", Integer),
    ],
};

const AUDIT_SEGMENTS: Table = Table {
    name: "audit_segments",
    key: 1,
    columns: &[
        ("first_entry", Integer),
        ("last_entry", Integer),
        ("hash_before", Bytes),
        ("hash_after", Bytes),
        ("first_at", Integer),
        ("last_at", Integer),
        ("sealed_at", Integer),
        ("reason", Text),
        ("seal", Bytes),
    ],
};

const AUDIT: Table = Table {
    name: "audit",
    key: 1,
    columns: &[
        ("seq", Integer),
        ("id", Bytes),
        ("at", Integer),
        ("action", Text),
        ("actor", Bytes),
        ("actor_name", Text),
        ("target", Bytes),
        ("target_name", Text),
        ("node", Integer),
        ("view", Bytes),
        ("details", Text),
        ("hash", Bytes),
        ("format", Integer),
        ("actor_salt", Bytes),
        ("actor_digest", Bytes),
        ("target_salt", Bytes),
        ("target_digest", Bytes),
        ("texts", Text),
        ("texts_salt", Bytes),
        ("texts_digest", Bytes),
    ],
};

impl Table {
    /// Returns the names of the columns.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|&(name, _)| name).collect()
    }

    /// Returns the columns of the primary key.
    pub(super) fn key_names(&self) -> Vec<&'static str> {
        self.columns[..self.key].iter().map(|&(name, _)| name).collect()
    }
}
