//! Black-box tests of the server: they start the real binary on a temporary data folder and use it over HTTP.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod access;
mod access_changes;
mod actors;
mod addresses;
mod audit;
mod audit_export;
mod audit_retention;
mod backup;
mod bulk;
mod command_line;
mod configuration;
mod connections;
mod corrections;
mod cross_origin;
mod data_folder;
mod database;
mod delivery;
mod demo;
#[cfg(target_os = "linux")]
mod deployment;
mod escalation;
mod events;
mod file_modes;
mod folded_search;
mod impersonation;
mod invalid_requests;
mod invariants;
mod invitation_links;
mod invitation_preview;
mod invitations;
mod join;
mod large_organisation;
mod list_limits;
mod logs;
mod mail;
mod mailbox;
mod metrics;
mod migrate;
mod missing_log;
mod page;
mod personal_data;
#[cfg(feature = "prerender")]
mod prerendered;
mod processes;
mod proxies;
mod public_urls;
mod rate_limits;
mod removal;
mod row_permissions;
mod scenarios;
mod server;
mod sessions;
mod shared_row_ids;
mod sign_in;
mod smtp;
mod storage_faults;
mod tampering;
mod unconfirmed;
mod upgrades;
mod user_details;
mod user_list;
mod users_csv;
mod visibility;
mod world;
