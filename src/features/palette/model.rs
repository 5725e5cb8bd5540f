use studio_users_contract::{Sort, SortKey, UserRow};
use studio_users_domain::{Denial, NodeId, Status, UserId};

use crate::i18n::{Language, isolated, messages};
use crate::state::{Reader, Tab, UsersPlace};
use crate::ui::Glyph;

/// So many users are shown at most, and so many places.
const USERS: usize = 5;
const PLACES: usize = 5;

/// What can be chosen in the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    /// Opening somebody's panel.
    Open(UserId, Tab),
    /// Copying a link to somebody's invitation.
    CopyLink(Box<UserRow>),
    /// Viewing as somebody.
    View(Box<UserRow>),
    /// Removing somebody.
    Remove(Box<UserRow>),
    /// Inviting people.
    Invite,
    /// Narrowing the list to a place.
    OnlyIn(NodeId),
    /// Taking everything off that narrows the list.
    ClearFilters,
    /// Another order of the list.
    SortBy(Sort),
    /// What each role can do.
    Roles,
    /// Those who were removed.
    Removed,
    /// The keyboard's shortcuts.
    Shortcuts,
}

/// An action that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    /// Tells it from all others.
    pub(super) key: String,
    /// What it does.
    pub(super) deed: Deed,
    /// What it is called.
    pub(super) label: String,
    /// Its sign.
    pub(super) glyph: Glyph,
    /// The key that does it from the page.
    pub(super) shortcut: Option<&'static str>,
    /// Why it cannot be done.
    pub(super) denied: Option<Denial>,
}

/// All that is found, in the order in which it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Group {
    /// Users.
    Users(Vec<UserRow>),
    /// What can be done with the one of them who is chosen.
    OfUser(String, Vec<Action>),
    /// What can be done otherwise.
    Actions(Vec<Action>),
}

/// How well something matches; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It begins so.
    Start,
    /// One of its words begins so.
    Word,
    /// It stands somewhere in it.
    Within,
}

/// The key of a user.
pub(super) fn user_key(user: UserId) -> String {
    format!("user-{user}")
}

impl Group {
    /// The keys of what can be chosen, in order.
    pub(super) fn keys(&self) -> Vec<String> {
        match self {
            Self::Users(rows) => rows.iter().map(|row| user_key(row.id)).collect(),
            Self::OfUser(_, actions) | Self::Actions(actions) => {
                actions.iter().map(|action| action.key.clone()).collect()
            }
        }
    }
}

/// What is found, with what can be done with the chosen user.
pub(super) fn groups(
    language: Language,
    query: &str,
    users: &[UserRow],
    chosen: Option<&UserRow>,
    actions: Vec<Action>,
) -> Vec<Group> {
    let begins = actions.first().and_then(|first| rank(&first.label, query)) == Some(Rank::Start);
    let is_about_action = begins && !query.trim().is_empty();
    let users = [
        Group::Users(users.to_vec()),
        Group::OfUser(
            chosen.map(|row| row.label().to_owned()).unwrap_or_default(),
            chosen.map(|row| of_user(language, row)).unwrap_or_default(),
        ),
    ];
    let actions = Group::Actions(actions);
    // Whoever types how an action begins wants that rather than a user: then it is the first already before any
    // user has come.
    let mut groups = Vec::from(users);
    groups.insert(if is_about_action { 0 } else { groups.len() }, actions);
    groups.retain(|group| !group.keys().is_empty());
    groups
}

/// What can be done with somebody.
pub(super) fn of_user(language: Language, row: &UserRow) -> Vec<Action> {
    let (id, name) = (row.id, isolated(row.label()));
    let action = |key: &str, deed, label, glyph, denied| Action {
        key: format!("of-{key}"),
        deed,
        label,
        glyph,
        shortcut: None,
        denied,
    };
    let copied = Deed::CopyLink(Box::new(row.clone()));
    let viewed = Deed::View(Box::new(row.clone()));
    let removed = Deed::Remove(Box::new(row.clone()));
    let mut actions = vec![
        action(
            "details",
            Deed::Open(id, Tab::Details),
            messages::open_details(language, &name),
            Glyph::Info,
            None,
        ),
        action(
            "access",
            Deed::Open(id, Tab::Access),
            messages::change_access(language, &name),
            Glyph::Role,
            None,
        ),
        action(
            "audit",
            Deed::Open(id, Tab::AuditLog),
            messages::audit_log_of(language, &name),
            Glyph::Clock,
            None,
        ),
        action("view", viewed, messages::view_as_named(language, &name), Glyph::ViewAs, row.allowed.view_as),
        action("remove", removed, messages::remove_named(language, &name), Glyph::Trash, row.allowed.remove),
    ];
    // There is nothing to copy for who has joined and waits for nothing more: that needs no reason here.
    if row.invitation.is_some() || row.status != Status::Active {
        let label = messages::copy_link_for(language, &name);
        actions.insert(3, action("link", copied, label, Glyph::Clipboard, row.allowed.copy_link));
    }
    actions
}

/// The actions that match, the best first; all that make sense where nothing is asked for.
pub(super) fn actions(language: Language, reader: &Reader, place: &UsersPlace, query: &str) -> Vec<Action> {
    let action = |key: &str, deed, label: &str, glyph, shortcut| Action {
        key: format!("do-{key}"),
        deed,
        label: label.to_owned(),
        glyph,
        shortcut,
        denied: None,
    };
    let mut invite = action("invite", Deed::Invite, messages::invite_users(language), Glyph::Plus, Some("i"));
    invite.denied = reader.is_viewing().then_some(Denial::InsideView);
    let mut all = vec![invite];
    if !query.trim().is_empty() {
        let managed = reader.nodes.iter().filter(|node| reader.session.managed.contains(&node.id));
        let found = managed.filter(|node| rank(&node.name, query).is_some()).take(PLACES);
        all.extend(found.map(|node| {
            let label = messages::only_users_in(language, &isolated(&node.name));
            action(&format!("in-{}", node.id), Deed::OnlyIn(node.id), &label, Glyph::Filter, None)
        }));
    }
    if !place.filters.are_empty() {
        let label = messages::clear_all(language);
        all.push(action("clear", Deed::ClearFilters, label, Glyph::Filter, None));
    }
    all.extend([
        action("roles", Deed::Roles, messages::what_roles_do(language), Glyph::Matrix, None),
        action("removed", Deed::Removed, messages::removed_users(language), Glyph::Trash, None),
        action("shortcuts", Deed::Shortcuts, messages::shortcuts(language), Glyph::Help, Some("?")),
    ]);
    let columns = [
        (SortKey::Name, messages::name(language)),
        (SortKey::Status, messages::status(language)),
        (SortKey::LastActiveAt, messages::last_active(language)),
        (SortKey::CreatedAt, messages::created(language)),
    ];
    all.extend(columns.map(|(key, column)| {
        let descending = matches!(key, SortKey::LastActiveAt | SortKey::CreatedAt);
        let label = messages::sort_by(language, &isolated(column));
        let deed = Deed::SortBy(Sort { key, descending });
        action(&format!("sort-{}", key.wire_name()), deed, &label, Glyph::Sliders, None)
    }));
    let mut ranked: Vec<_> = all.into_iter().filter_map(|a| Some((rank(&a.label, query)?, a))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, action)| action).collect()
}

/// The best of the users found: those whose names begin so, then those of whose names a word does, then the others.
pub(super) fn best(mut rows: Vec<UserRow>, query: &str) -> Vec<UserRow> {
    let of_name = |row: &UserRow| row.name.as_deref().and_then(|name| rank(name, query));
    let of_mail = |row: &UserRow| rank(&row.email, query);
    // None is no match, and comes last.
    let place = |rank: Option<Rank>| (rank.is_none(), rank);
    rows.sort_by_key(|row| (place(of_name(row)), place(of_mail(row))));
    rows.truncate(USERS);
    rows
}

/// Of users found for an earlier query those who match this one too: the others would only be chosen by mistake.
pub(super) fn still_matching(rows: &[UserRow], query: &str) -> Vec<UserRow> {
    let matches = |text: &str| rank(text, query).is_some();
    let is_found = |row: &&UserRow| matches(&row.email) || row.name.as_deref().is_some_and(matches);
    rows.iter().filter(is_found).cloned().collect()
}

/// How well a text matches; not at all where it does not hold what is asked for.
pub(super) fn rank(text: &str, query: &str) -> Option<Rank> {
    let (mut text, query) = (folded(text), folded(query.trim()));
    // What isolates a name is not typed.
    text.retain(|letter| !matches!(letter, '\u{2068}' | '\u{2069}'));
    let at = |start: usize| text[start..].starts_with(&query);
    let starts: Vec<_> = (0..text.len()).filter(|&start| at(start)).collect();
    let first = starts.first()?;
    Some(match first {
        _ if query.is_empty() => Rank::Within,
        0 => Rank::Start,
        _ if starts.iter().any(|&start| start > 0 && !text[start - 1].is_alphanumeric()) => Rank::Word,
        _ => Rank::Within,
    })
}

/// The text in pieces, each with whether it is what is asked for.
pub(super) fn marked(text: &str, query: &str) -> Vec<(String, bool)> {
    let (letters, query) = (text.chars().collect::<Vec<_>>(), folded(query.trim()));
    let text = folded(text);
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let is_match = !query.is_empty() && text[at..].starts_with(&query);
        let next = if is_match { at + query.len() } else { at + 1 };
        let piece = letters[at..next].iter();
        match pieces.last_mut() {
            Some((last, false)) if !is_match => last.extend(piece),
            _ => pieces.push((piece.collect(), is_match)),
        }
        at = next;
    }
    pieces
}

/// The letters as small ones, each as one: so that places in it are places in the text.
fn folded(text: &str) -> Vec<char> {
    text.chars().map(|letter| letter.to_lowercase().next().unwrap_or(letter)).collect()
}

#[cfg(test)]
mod tests;
