//! Tests of bulk jobs in pieces: leases, restarts, lost rights, stops and undo.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;
use studio_users_contract::{
    BulkAction, BulkIds, BulkRequest, BulkSelection, Code, Job, JobState, JobStopReason, path,
};
use studio_users_domain::{Assignments, Role, UserId};
use tokio::time::timeout;
use uuid::Uuid;

use super::piece::run_piece;
use super::{PieceLimits, describe, run_next, start, stop, undo};
use crate::events::Received;
use crate::random::Random;
use crate::services::editor::{Credentials, Editor};
use crate::sql;
use crate::store::{JobKind, LEASE, Lease, MetaKey, RunnerId, meta};
use crate::testing::{
    AGENCY, AIRLINE, BANK, CLINIC, PROVIDER, TestApp, fail_writes_to, insert_counted_mails, key_of, node_id,
    rounds,
};
use crate::token::TokenHash;

const MANAGER: Role = Role::OrganisationManager;
const NODES: [usize; 5] = [PROVIDER, AGENCY, BANK, CLINIC, AIRLINE];
/// Pieces of two users.
const PAIRS: PieceLimits = PieceLimits { time: Duration::from_hours(1), users: 2 };
/// One piece for all users, as in a single transaction.
const WHOLE: PieceLimits = PieceLimits { time: Duration::from_hours(1), users: 10_000 };

impl TestApp {
    async fn token(&self, user: UserId) -> TokenHash {
        let mut write = self.state.store.write().await.unwrap();
        let (token, _) = self.state.store.start_session(&mut write, key_of(user), "").await.unwrap();
        write.commit().await.unwrap();
        token.hash()
    }

    async fn editor(&self, user: UserId) -> Editor {
        let token = self.token(user).await;
        Credentials { token, view_id: None }.edit(&self.state).await.unwrap()
    }

    /// Creates a job of a user without running it.
    async fn start_job(&self, by: UserId, action: BulkAction, users: &[UserId]) -> Uuid {
        let mut editor = self.editor(by).await;
        let target = (action == BulkAction::AddRole).then_some((node_id(BANK), Role::Planner));
        let (node_id, role) = target.unzip();
        let select = BulkSelection::Ids(BulkIds { ids: users.to_vec() });
        let request = BulkRequest { select, action, node_id, role };
        let id = start(&self.state, &mut editor, &request).await.unwrap();
        editor.write.commit().await.unwrap();
        id
    }

    async fn undo_job(&self, by: UserId, job: Uuid) -> Uuid {
        let mut editor = self.editor(by).await;
        let id = undo(&self.state, &mut editor, job).await.unwrap();
        editor.write.commit().await.unwrap();
        id
    }

    /// Runs pieces until no job is due. Returns their number.
    async fn run_all(&self, limits: PieceLimits) -> usize {
        let runner = RunnerId::new().unwrap();
        let mut pieces = 0;
        while run_next(&self.state, runner, limits).await.unwrap() {
            pieces += 1;
        }
        pieces
    }

    async fn run_piece(&self) {
        assert!(run_next(&self.state, RunnerId::new().unwrap(), PAIRS).await.unwrap());
    }

    async fn claim(&self, runner: RunnerId) -> Option<Lease> {
        self.state.store.claim_job(JobKind::Bulk, runner).await.unwrap()
    }

    async fn job(&self, by: UserId, id: Uuid) -> Job {
        let editor = self.editor(by).await;
        let Editor { principal, write, .. } = editor;
        drop(write);
        describe(&self.state, &principal, id).await.unwrap()
    }

    async fn assignments_of(&self, user: UserId) -> Assignments {
        let mut tx = self.state.store.read().await.unwrap();
        let organisation = self.state.store.organisation(&mut tx).await.unwrap().unwrap();
        self.state.store.assignments(&mut tx, &organisation, key_of(user)).await.unwrap()
    }

    /// Creates Operators of an environment.
    async fn operators(&self, count: usize) -> Vec<UserId> {
        let mut users = Vec::new();
        for number in 0..count {
            users.push(self.person(&format!("user{number}"), &[(BANK, Role::Operator)]).await);
        }
        users
    }

    async fn count_audit(&self, action: &str) -> i64 {
        sql::query_scalar("SELECT count(*) FROM audit WHERE action = ?")
            .bind(action)
            .fetch_one(&mut self.state.store.read().await.unwrap())
            .await
            .unwrap()
    }
}

fn counts(job: &Job) -> (JobState, u32, u32, u32) {
    (job.progress.state, job.progress.done, job.progress.unchanged, job.progress.refused)
}

#[tokio::test]
async fn a_role_for_an_invited_user_at_the_mail_limit_changes_nothing() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let (nina, lars) = (app.invitee("nina@x.example").await, app.invitee("lars@x.example").await);
    for user in [nina, lars] {
        app.invite_now(user, CLINIC, Role::Agent, maud).await;
    }
    let mut write = app.state.store.write().await.unwrap();
    let now = crate::store::millis(write.now());
    let counted = ("invitation", "nina@x.example", key_of(maud));
    insert_counted_mails(&mut write, 20, counted, now).await;
    write.commit().await.unwrap();
    let state = async || {
        let mut tx = app.state.store.read().await.unwrap();
        let organisation = app.state.store.organisation(&mut tx).await.unwrap().unwrap();
        let grants = app.state.store.pending_grants(&mut tx, &organisation, key_of(nina)).await.unwrap();
        let mails: i64 = sql::query_scalar("SELECT count(*) FROM outbox WHERE user_pk = ?")
            .bind(key_of(nina).0)
            .fetch_one(&mut tx)
            .await
            .unwrap();
        let entries: i64 = sql::query_scalar("SELECT count(*) FROM audit WHERE target = ?")
            .bind(nina.0.as_bytes().as_slice())
            .fetch_one(&mut tx)
            .await
            .unwrap();
        (grants, mails, entries)
    };
    let before = state().await;
    let job = app.start_job(maud, BulkAction::AddRole, &[nina, lars]).await;
    app.run_all(WHOLE).await;
    assert_eq!(state().await, before);
    let job = app.job(maud, job).await;
    assert_eq!(counts(&job), (JobState::Done, 1, 0, 1), "the other one got the role");
    assert_eq!(app.count_audit("user.invited").await, 1);
}

#[tokio::test]
async fn another_runner_takes_over_when_the_lease_has_ended() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(5).await;
    let job = app.start_job(maud, BulkAction::Remove, &users).await;
    let (one, other) = (RunnerId::new().unwrap(), RunnerId::new().unwrap());
    let lease = app.claim(one).await.unwrap();
    assert!(app.claim(other).await.is_none(), "no job runs twice at the same time");
    app.advance_clock(LEASE - TimeDelta::milliseconds(1));
    assert!(app.claim(other).await.is_none());
    assert!(app.state.store.renew_lease(lease).await.unwrap());
    app.advance_clock(LEASE - TimeDelta::milliseconds(1));
    assert!(app.claim(other).await.is_none(), "the lease was renewed");

    app.advance_clock(TimeDelta::milliseconds(1));
    let taken_over = app.claim(other).await.unwrap();
    assert!(!app.state.store.renew_lease(lease).await.unwrap());
    run_piece(&app.state, lease, PAIRS).await.unwrap();
    assert_eq!(counts(&app.job(maud, job).await), (JobState::Running, 0, 0, 0), "the old lease is void");
    run_piece(&app.state, taken_over, PAIRS).await.unwrap();
    assert_eq!(counts(&app.job(maud, job).await), (JobState::Running, 2, 0, 0));
    app.run_all(PAIRS).await;
    assert_eq!(counts(&app.job(maud, job).await), (JobState::Done, 5, 0, 0));
    assert_eq!(app.count_audit("user.removed").await, 5, "each user is removed once");
}

#[tokio::test]
async fn a_lease_from_before_the_clock_was_set_back_locks_nothing() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(3).await;
    let job = app.start_job(maud, BulkAction::Remove, &users).await;
    app.run_piece().await;
    assert!(app.claim(RunnerId::new().unwrap()).await.is_some());
    app.step_clock(TimeDelta::days(-1));
    let now = app.state.clock.now();
    assert_eq!(app.state.store.next_job_at(JobKind::Bulk, now).await.unwrap(), Some(now));
    app.run_piece().await;
    assert_eq!(counts(&app.job(maud, job).await), (JobState::Done, 3, 0, 0));
}

#[tokio::test]
async fn a_job_goes_on_after_a_restart_in_the_middle() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(5).await;
    let job = app.start_job(maud, BulkAction::AddRole, &users).await;
    app.run_piece().await;
    // The process dies while it works on the next piece.
    assert!(app.claim(RunnerId::new().unwrap()).await.is_some());
    let app = app.restart().await;
    assert_eq!(app.run_all(PAIRS).await, 0, "the lease has not ended");
    app.state.store.end_leases().await.unwrap();
    app.advance_clock(TimeDelta::seconds(5));
    app.run_all(PAIRS).await;
    assert_eq!(counts(&app.job(maud, job).await), (JobState::Done, 5, 0, 0));
    assert_eq!(app.count_audit("roles.changed").await, 5);
}

#[tokio::test]
async fn each_piece_publishes_its_changes_with_its_commit() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(3).await;
    app.start_job(maud, BulkAction::Remove, &users).await;
    let (mut subscription, _) = app.state.store.events().subscribe(key_of(maud), None).unwrap();
    let mut received = || -> Vec<serde_json::Value> {
        std::iter::from_fn(|| match subscription.try_recv() {
            Received::Change(_, change) => Some(serde_json::to_value(&*change).unwrap()),
            _ => None,
        })
        .filter(|change| change["kind"] == "series")
        .collect()
    };
    for (count, is_last) in [(2, false), (1, true)] {
        app.run_piece().await;
        let changes = received();
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0]["users"].as_object().unwrap().len(), count);
        assert_eq!(changes[0]["is_last"], is_last);
    }
}

#[tokio::test]
async fn jobs_take_turns_by_pieces() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(6).await;
    let long = app.start_job(maud, BulkAction::AddRole, &users).await;
    app.run_piece().await;
    let short = app.start_job(maud, BulkAction::Remove, &users[5..]).await;
    app.run_piece().await;
    app.run_piece().await;
    assert_eq!(counts(&app.job(maud, short).await), (JobState::Done, 1, 0, 0));
    assert_eq!(counts(&app.job(maud, long).await).0, JobState::Running);
    app.run_all(PAIRS).await;
    assert_eq!(counts(&app.job(maud, long).await), (JobState::Done, 5, 0, 1));
}

#[tokio::test]
async fn a_demoted_or_removed_owner_stops_the_job() {
    for demote in [true, false] {
        let app = TestApp::new().await;
        let maud = app.person("maud", &[(AGENCY, MANAGER), (AIRLINE, MANAGER)]).await;
        let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let users = app.operators(5).await;
        let job = app.start_job(maud, BulkAction::Remove, &users).await;
        app.run_piece().await;
        if demote {
            app.assign(maud, AGENCY, Role::Analyst).await;
        } else {
            let session = app.session(ada).await;
            let path = path::USER.replace("{id}", &maud.to_string());
            assert_eq!(app.request(&session, None, Method::DELETE, &path).await.status, 204);
        }
        app.run_all(PAIRS).await;
        let mut tx = app.state.store.read().await.unwrap();
        let stopped =
            app.state.store.bulk_job_of(&mut tx, key_of(maud), job).await.unwrap().unwrap().progress;
        assert_eq!(
            (stopped.state, stopped.stop_reason),
            (JobState::Stopped, Some(JobStopReason::RightsLost))
        );
        assert_eq!(stopped.done, 2);
        assert_eq!(app.count_audit("user.removed").await, if demote { 2 } else { 4 });
    }
}

#[tokio::test]
async fn a_job_uses_no_rights_that_its_owner_got_later() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let boss = app.person("boss", &[(BANK, Role::Administrator)]).await;
    let users = app.operators(2).await;
    let job = app.start_job(maud, BulkAction::Remove, &[users[0], users[1], boss]).await;
    app.run_piece().await;
    app.assign(maud, AGENCY, Role::Administrator).await;
    app.run_all(PAIRS).await;
    let job = app.job(maud, job).await;
    assert_eq!(counts(&job), (JobState::Done, 2, 0, 1));
    assert_eq!(job.refusals[0].code, Code::NeedsAdministrator);
    assert_eq!(job.refusals[0].name.as_deref(), Some("boss"));
}

#[tokio::test]
async fn keeps_the_last_manager_across_pieces() {
    let app = TestApp::new().await;
    // Does not manage the bank, so that only the two others do.
    let maud = app.person("maud", &[(AGENCY, MANAGER), (BANK, Role::Analyst)]).await;
    let mut managers = Vec::new();
    for name in ["one", "two"] {
        managers.push(app.person(name, &[(AGENCY, MANAGER)]).await);
    }
    let job = app.start_job(maud, BulkAction::Remove, &managers).await;
    assert_eq!(app.run_all(PieceLimits { users: 1, ..PAIRS }).await, 2);
    let job = app.job(maud, job).await;
    assert_eq!(counts(&job), (JobState::Done, 1, 0, 1));
    assert_eq!((job.refusals[0].id, job.refusals[0].code), (managers[1], Code::LastManager));
}

#[tokio::test]
async fn undo_covers_what_a_stopped_job_has_done() {
    for action in [BulkAction::Remove, BulkAction::AddRole] {
        let app = TestApp::new().await;
        let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
        let users = app.operators(5).await;
        let before = app.assignments_of(users[0]).await;
        let job = app.start_job(maud, action, &users).await;
        app.run_piece().await;
        let mut editor = app.editor(maud).await;
        assert!(undo(&app.state, &mut editor, job).await.is_err(), "it is still running");
        stop(&app.state, &mut editor, job).await.unwrap();
        editor.write.commit().await.unwrap();
        assert_eq!(app.run_all(PAIRS).await, 0);
        let stopped = app.job(maud, job).await;
        assert_eq!(counts(&stopped), (JobState::Stopped, 2, 0, 0));
        assert_eq!(stopped.progress.stop_reason, Some(JobStopReason::Requested));
        assert!(stopped.can_undo && stopped.ended_at.is_some());
        assert_ne!(app.assignments_of(users[0]).await, before);

        // An undo that was stopped itself can be continued.
        let first = app.undo_job(maud, job).await;
        let one = PieceLimits { users: 1, ..PAIRS };
        assert!(run_next(&app.state, RunnerId::new().unwrap(), one).await.unwrap());
        let mut editor = app.editor(maud).await;
        stop(&app.state, &mut editor, first).await.unwrap();
        editor.write.commit().await.unwrap();
        assert!(app.job(maud, job).await.can_undo);
        let second = app.undo_job(maud, job).await;
        app.run_all(PAIRS).await;
        assert_eq!(counts(&app.job(maud, second).await), (JobState::Done, 1, 0, 0));
        assert!(!app.job(maud, job).await.can_undo);
        for user in &users {
            assert_eq!(app.assignments_of(*user).await, before);
        }
    }
}

#[tokio::test]
async fn undo_restores_the_removal_of_the_job_and_no_later_one() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(1).await;
    let job = app.start_job(maud, BulkAction::Remove, &users).await;
    app.run_all(WHOLE).await;
    let first = app.undo_job(maud, job).await;
    app.run_all(WHOLE).await;
    assert_eq!(counts(&app.job(maud, first).await).1, 1);
    app.start_job(maud, BulkAction::Remove, &users).await;
    app.run_all(WHOLE).await;
    let mut editor = app.editor(maud).await;
    assert!(undo(&app.state, &mut editor, job).await.is_err());
    drop(editor);
    assert!(app.assignments_of(users[0]).await.is_empty());
}

#[tokio::test]
async fn a_job_that_always_fails_ends_and_delays_no_other() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(2).await;
    fail_writes_to(&app.state.store, "assignments", &["INSERT", "UPDATE"]).await;
    let failing = app.start_job(maud, BulkAction::AddRole, &users[..1]).await;
    app.run_piece().await;
    let job = app.start_job(maud, BulkAction::Remove, &users[1..]).await;
    app.run_piece().await;
    assert_eq!(counts(&app.job(maud, job).await), (JobState::Done, 1, 0, 0));
    for _ in 0..20 {
        app.advance_clock(TimeDelta::minutes(1));
        app.run_all(PAIRS).await;
    }
    assert_eq!(counts(&app.job(maud, failing).await), (JobState::Failed, 0, 0, 0));
    assert_eq!(app.state.store.next_job_at(JobKind::Bulk, app.state.clock.now()).await.unwrap(), None);
}

#[tokio::test]
async fn the_lane_runs_jobs_and_the_request_returns_the_ended_one() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(3).await;
    let by = app.session(maud).await;
    app.start_bulk_jobs();
    let body = json!({ "select": { "ids": users }, "action": "remove" });
    let request = app.request_with_body(&by, None, Method::POST, path::USERS_BULK, &body);
    let response = timeout(Duration::from_secs(20), request).await.unwrap();
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(counts(&response.json()), (JobState::Done, 3, 0, 0));
}

#[tokio::test]
async fn a_user_has_a_limited_number_of_running_jobs() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(1).await;
    for _ in 0..10 {
        app.start_job(maud, BulkAction::Resend, &users).await;
    }
    let by = app.session(maud).await;
    let body = json!({ "select": { "ids": users }, "action": "remove" });
    let response = app.request_with_body(&by, None, Method::POST, path::USERS_BULK, &body).await;
    assert_eq!(response.problem().0, 429);
    app.run_all(WHOLE).await;
    app.start_job(maud, BulkAction::Remove, &users).await;
}

#[tokio::test]
async fn ended_jobs_are_deleted_after_24_hours() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(2).await;
    app.start_job(maud, BulkAction::Remove, &users[..1]).await;
    app.run_all(WHOLE).await;
    app.advance_clock(TimeDelta::hours(24));
    app.start_job(maud, BulkAction::Remove, &users[1..]).await;
    app.state.store.delete_outdated().await.unwrap();
    let jobs: i64 = sql::query_scalar("SELECT count(*) FROM bulk_job_users")
        .fetch_one(&mut app.state.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(jobs, 1, "a job that has not ended is kept");
}

/// The state of an organisation after a job: the outcome of each user by their number, and all assignments.
type Outcome = (JobState, u32, u32, BTreeMap<usize, Code>, Vec<Assignments>);

/// Runs the same job on the same organisation.
async fn run_random_job(seed: u64, limits: PieceLimits) -> Outcome {
    let mut random = Random::new(seed);
    let app = TestApp::new().await;
    let own = if random.below(2) == 0 { MANAGER } else { Role::Administrator };
    let actor = app.person("actor", &[(*random.pick(&[PROVIDER, AGENCY, BANK]), own)]).await;
    let roles = [Role::Agent, Role::Operator, Role::Planner, MANAGER, Role::Administrator];
    let mut users = vec![actor];
    for number in 0..8 {
        let mut assigned = BTreeMap::new();
        for _ in 0..=random.below(3) {
            assigned.insert(*random.pick(&NODES), *random.pick(&roles));
        }
        let assigned: Vec<_> = assigned.into_iter().collect();
        users.push(app.person(&format!("user{number}"), &assigned).await);
    }
    for number in 0..2 {
        let invitee = app.invitee(&format!("invitee{number}@studio.example")).await;
        app.invite_now(invitee, *random.pick(&NODES), *random.pick(&roles), actor).await;
        users.push(invitee);
    }
    let mut selected = users.clone();
    selected.rotate_left(usize::try_from(random.below(users.len() as u64)).unwrap());
    let action = if random.below(2) == 0 { BulkAction::Remove } else { BulkAction::AddRole };
    let job = app.start_job(actor, action, &selected).await;
    app.run_all(limits).await;
    let job = app.job(actor, job).await;
    let number_of = |id: UserId| users.iter().position(|&user| user == id).unwrap();
    let refusals = job.refusals.iter().map(|refusal| (number_of(refusal.id), refusal.code)).collect();
    let mut assignments = Vec::new();
    for &user in &users {
        assignments.push(app.assignments_of(user).await);
    }
    (job.progress.state, job.progress.done, job.progress.unchanged, refusals, assignments)
}

#[tokio::test]
async fn pieces_end_in_the_same_state_as_one_transaction() {
    let mut done = 0;
    let seeds = rounds(24);
    for seed in (0..).take(seeds) {
        let whole = run_random_job(seed, WHOLE).await;
        for users in [1, 3] {
            assert_eq!(run_random_job(seed, PieceLimits { users, ..PAIRS }).await, whole, "seed {seed}");
        }
        done += whole.1;
    }
    assert!(usize::try_from(done).unwrap() > 2 * seeds, "too few changes to be a test: {done}");
}

#[tokio::test]
async fn adding_a_role_keeps_the_cached_totals_of_lists_without_a_filter_by_roles() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let users = app.operators(3).await;
    let version = async || {
        let mut tx = app.state.store.read().await.unwrap();
        meta(&mut tx, MetaKey::StatusVersion).await.unwrap()
    };
    let before = version().await;
    app.start_job(maud, BulkAction::AddRole, &users).await;
    app.run_all(PAIRS).await;
    assert_eq!(version().await, before);
    app.start_job(maud, BulkAction::Remove, &users).await;
    app.run_all(PAIRS).await;
    assert!(version().await > before);
}
