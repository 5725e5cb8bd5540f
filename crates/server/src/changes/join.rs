//! Opening an invitation's link, and joining by it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use studio_users_contract::{AcceptInvitation, Action, AuditDetails, OpenGrant, OpenInvitation};
use studio_users_domain::{Assignments, Change, NodeId, NodeSet, Taken, UserId, granted, promised};

use super::{assign, person, settle};
use crate::app::App;
use crate::audit;
use crate::editor::{Editor, Seen, Who};
use crate::mail::Mail;
use crate::problem::Refusal;
use crate::store::{InvitationLinkRow, NewMail, Pending, Tx, UserKey, Write, end_link};
use crate::text;
use crate::token::TokenHash;

/// What came of accepting.
pub(crate) enum Accepted {
    /// The person is in; a session is to begin for them.
    Joined,
    /// The person is in, and goes on in the session that they had.
    Known,
    /// The account exists: a link to sign in is mailed, and nothing was accepted.
    SignInFirst,
    /// The link gives nothing, or no longer does.
    Nothing,
}

/// A link that somebody opened.
struct Opened {
    link: InvitationLinkRow,
    maker: Who,
    invitee: Seen,
    /// What it covers and its givers could still give.
    good: Vec<Pending>,
    /// What it covers and its givers could no longer give.
    lost: Vec<Pending>,
}

/// What a link invites to. Nothing changes by it.
pub(crate) async fn inspect(
    app: &App,
    tx: &mut Tx,
    token: &str,
    now: DateTime<Utc>,
) -> Result<OpenInvitation, Refusal> {
    let opened = open(app, tx, token, now).await?.filter(|opened| !opened.good.is_empty());
    let Opened { maker, invitee, good, .. } = opened.ok_or(Refusal::LinkInvalid)?;
    let tree = maker.tree();
    let grants = good.iter().map(|pending| &pending.grant);
    let expires_at = grants.clone().map(|grant| grant.expires_at).max().unwrap_or(now);
    let everywhere = NodeSet::range(tree, 0..tree.len());
    let open_grants = promised(tree, &everywhere, grants).into_iter().filter_map(|(node, roles)| {
        tree.node(node).map(|node| OpenGrant { node: node.name.clone(), kind: node.kind, roles })
    });
    let letter = good.last().map(|pending| pending.letter.clone()).unwrap_or_default();
    Ok(OpenInvitation {
        email: invitee.account.email,
        invited_by: person(&maker.account, true).name,
        organisation: tree.nodes()[0].name.clone(),
        grants: open_grants.collect(),
        message: letter.message,
        locale: letter.locale,
        expires_at,
    })
}

/// Accepts what a link covers. `reader` is whoever is signed in where it was opened. What is answered beside is the
/// change, to be committed whatever came of it, and whose it is.
pub(crate) async fn accept(
    app: &App,
    mut write: Write,
    asked: &AcceptInvitation,
    reader: Option<UserKey>,
    now: DateTime<Utc>,
) -> Result<(Accepted, Write, Option<UserKey>), Refusal> {
    let Some(opened) = open(app, &mut write, &asked.token, now).await? else {
        return Ok((Accepted::Nothing, write, None));
    };
    let Opened { link, maker, mut invitee, mut good, lost } = opened;
    let user = invitee.account.key();
    let is_known = invitee.account.joined_at.is_some();
    let voucher = app.store.unproved_by(&mut write, user).await?;
    // Others' grants reach an address that nobody has proved by a mail only.
    let is_reached = |pending: &Pending| {
        link.is_mailed || voucher.is_none_or(|maker| UserKey::from(pending.grant.granted_by) == maker)
    };
    let is_own_session = reader == Some(user);
    if is_known && !(is_own_session && good.iter().any(is_reached)) && !good.is_empty() {
        send_sign_in_link(&mut write, user, now).await?;
        return Ok((Accepted::SignInFirst, write, Some(user)));
    }
    good.retain(is_reached);
    if !is_known && !good.is_empty() {
        invitee.account.name = Some(text::checked_name(asked.name.as_deref().unwrap_or_default())?);
        invitee.account.joined_at = Some(now);
        invitee.account.locale = good.iter().find_map(|pending| pending.letter.locale);
    }

    let organisation = maker.organisation.clone();
    let who = Who::read(app, &mut write, organisation.clone(), invitee.account.clone()).await?;
    let mut editor = Editor { who, now, write };
    for pending in &lost {
        app.store.end_grant(&mut editor.write, &organisation, user, &pending.grant).await?;
        record_lost(&mut editor, pending).await?;
    }
    if good.is_empty() {
        settle(app, &mut editor, &invitee.account).await?;
        return Ok((Accepted::Nothing, editor.write, None));
    }
    let is_proved_now = link.is_mailed && voucher.is_some();
    if !is_known {
        let unproved_by = (!link.is_mailed).then(|| maker.account.key());
        app.store.join(&mut editor.write, &invitee.account, unproved_by).await?;
    } else if is_proved_now {
        app.store.prove_address(&mut editor.write, user, now).await?;
    }
    end_link(&mut editor.write, TokenHash::of(&asked.token).as_bytes(), now).await?;
    for pending in &good {
        app.store.end_grant(&mut editor.write, &organisation, user, &pending.grant).await?;
    }
    let after = granted(&organisation.tree, &invitee.subject.held, &together(&good));
    let taken = Taken::between(&invitee.subject.held, &after);
    assign(app, &mut editor, &invitee, &taken, Action::InvitationAccepted).await?;
    tell_inviters(&mut editor, &good).await?;
    settle(app, &mut editor, &invitee.account).await?;
    let accepted = if is_known && !is_proved_now { Accepted::Known } else { Accepted::Joined };
    Ok((accepted, editor.write, Some(user)))
}

/// Reads a link; nothing where it is unknown, was used or revoked, or has expired.
async fn open(app: &App, tx: &mut Tx, token: &str, now: DateTime<Utc>) -> Result<Option<Opened>, Refusal> {
    let Some(link) = app.store.invitation_link(tx, token).await? else { return Ok(None) };
    let organisation = app.store.organisation(tx).await?.ok_or(Refusal::Unavailable)?;
    let (maker, invitee) =
        (app.store.account(tx, link.maker).await?, app.store.account(tx, link.user).await?);
    let (Some(maker), Some(invitee)) = (maker, invitee) else { return Ok(None) };
    let maker = Who::read(app, tx, organisation.clone(), maker).await?;
    let invitee = Seen::read(app, tx, &organisation, invitee).await?;

    let covers = |pending: &&Pending| {
        let grant = &pending.grant;
        let is_makers = grant.granted_by == maker.account.id || maker.actor().may_give(grant).is_ok();
        grant.expires_at > now && pending.created_at <= link.created_at && is_makers
    };
    let mut givers: BTreeMap<UserId, Who> = BTreeMap::new();
    let (mut good, mut lost) = (Vec::new(), Vec::new());
    for pending in invitee.pending.iter().filter(covers) {
        let giver = pending.grant.granted_by;
        if let Entry::Vacant(unknown) = givers.entry(giver) {
            let account = app.store.account(tx, giver.into()).await?.ok_or(Refusal::Unavailable)?;
            unknown.insert(Who::read(app, tx, organisation.clone(), account).await?);
        }
        // What it gives to this very person is judged: they may hold more than the giver sees.
        let grants = Assignments::from([(pending.grant.node, pending.grant.roles)]);
        let held = &invitee.subject.held;
        let change = Change::new(&organisation.tree, held, &granted(&organisation.tree, held, &grants));
        let is_good = givers.get(&giver).is_some_and(|giver| giver.actor().may_change(&change).is_ok());
        if is_good { good.push(pending.clone()) } else { lost.push(pending.clone()) }
    }
    let is_open = !(good.is_empty() && lost.is_empty());
    Ok(is_open.then_some(Opened { link, maker, invitee, good, lost }))
}

fn together(pending: &[Pending]) -> Assignments {
    let mut together = Assignments::new();
    for Pending { grant, .. } in pending {
        *together.entry(grant.node).or_default() |= grant.roles;
    }
    together
}

async fn send_sign_in_link(write: &mut Write, user: UserKey, now: DateTime<Utc>) -> Result<(), Refusal> {
    let new = NewMail { to: user, by: None, language: None, mail: Mail::SignIn };
    if write.send(&new, now).await?.is_err() {
        tracing::warn!("somebody got as many mails as there are for a day");
    }
    Ok(())
}

async fn record_lost(editor: &mut Editor, pending: &Pending) -> Result<(), Refusal> {
    let key = editor.who.organisation.key(pending.grant.node).ok_or(Refusal::Unavailable)?;
    let details = AuditDetails {
        before: Some(pending.grant.roles),
        reason: Some("whoever granted it could no longer give it".into()),
        ..AuditDetails::default()
    };
    let target = person(&editor.who.account, false);
    let entry = audit::Entry::of(Action::InvitationRevoked, editor.now).to(target).with(details);
    Ok(editor.write.record(&audit::Entry { node: Some(key), ..entry }).await?)
}

/// Tells each who granted something of it that the person has joined.
async fn tell_inviters(editor: &mut Editor, good: &[Pending]) -> Result<(), Refusal> {
    let mut nodes: BTreeMap<UserId, BTreeSet<NodeId>> = BTreeMap::new();
    for Pending { grant, .. } in good {
        nodes.entry(grant.granted_by).or_default().insert(grant.node);
    }
    for (inviter, nodes) in nodes {
        let named = nodes.into_iter().filter_map(|node| editor.who.tree().node(node));
        let mail = Mail::Joined {
            person: person(&editor.who.account, true).name,
            email: editor.who.account.email.clone(),
            nodes: named.map(|node| node.name.clone()).collect(),
        };
        let by = Some(editor.who.account.key());
        let new = NewMail { to: inviter.into(), by, language: None, mail };
        if editor.write.send(&new, editor.now).await?.is_err() {
            tracing::warn!("an inviter was not told: they got as many mails as there are for a day");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use chrono::TimeDelta;
    use serde_json::{Value, json};
    use studio_users_contract::path;
    use studio_users_domain::Role;

    use crate::testing::{BANK, PROVIDER, World, node_id};

    #[tokio::test]
    async fn an_invitation_can_be_accepted_until_it_expires_and_no_longer() {
        let world = World::new().await;
        let ada = world.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let ada = world.session(ada).await;
        let ask = json!({ "emails": ["nina@x.example"], "expires_in_days": 1,
            "grants": [{ "node_id": node_id(BANK), "roles": ["agent"] }] });
        assert_eq!(world.tell(&ada, None, Method::POST, path::INVITATIONS, &ask).await.status, 200);
        let users: Value = world.ask(&ada, None, Method::GET, path::USERS).await.json();
        let rows = users["items"].as_array().unwrap();
        let nina = rows.iter().find(|row| row["email"] == "nina@x.example").unwrap();
        let link = path::USER_INVITATION_LINK.replace("{id}", nina["id"].as_str().unwrap());
        let link: Value = world.ask(&ada, None, Method::POST, &link).await.json();
        let token = json!({ "token": link["url"].as_str().unwrap().split_once('#').unwrap().1 });
        let inspect = async || world.tell(&ada, None, Method::POST, path::INVITATIONS_INSPECT, &token).await;
        world.pass(TimeDelta::days(1) - TimeDelta::milliseconds(1));
        assert_eq!(inspect().await.status, 200);
        world.pass(TimeDelta::milliseconds(1));
        assert_eq!(inspect().await.problem().1, "link_invalid");
        let answer = world.tell(&ada, None, Method::POST, path::INVITATIONS_ACCEPT, &token).await;
        assert_eq!((answer.status, answer.body), (403, inspect().await.body));
    }
}
