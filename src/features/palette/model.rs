use studio_users_contract::{Sort, SortKey, UserRow};
use studio_users_domain::{Denial, NodeId, Status, UserId};

use crate::i18n::folding::{fold_letter, is_accent};
use crate::i18n::{Language, isolated, messages};
use crate::state::{CurrentUser, Tab, UsersRoute};
use crate::ui::Glyph;

/// The maximum number of users shown.
const MAX_USERS: usize = 5;
/// The maximum number of nodes offered as filters.
const MAX_NODES: usize = 5;

/// An action of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PaletteAction {
    /// Opens a user's panel.
    Open(UserId, Tab),
    /// Copies a user's invitation link.
    CopyLink(Box<UserRow>),
    /// Opens the dialog to view as a user.
    View(Box<UserRow>),
    /// Opens the dialog to remove a user.
    Remove(Box<UserRow>),
    /// Opens the invite dialog.
    Invite,
    /// Filters the list by a node.
    FilterByNode(NodeId),
    /// Clears the search and all filters of the list.
    ClearFilters,
    /// Sorts the list.
    SortBy(Sort),
    /// Opens the role matrix.
    Roles,
    /// Opens the list of removed users.
    Removed,
    /// Opens the list of e-mails that did not arrive.
    UndeliveredMail,
    /// Opens the list of recent bulk actions.
    Jobs,
    /// Opens the list of keyboard shortcuts.
    Shortcuts,
}

/// An action as an option in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ActionItem {
    /// Unique among all options.
    pub(super) key: String,
    pub(super) action: PaletteAction,
    pub(super) label: String,
    pub(super) glyph: Glyph,
    /// The keyboard shortcut of the action outside of the palette.
    pub(super) shortcut: Option<&'static str>,
    /// The reason for which the action is disabled.
    pub(super) denied: Option<Denial>,
}

/// A group of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Group {
    Users(Vec<UserRow>),
    /// The name of the highlighted user and the actions for this user.
    UserActions(String, Vec<ActionItem>),
    /// The actions of the page.
    Actions(Vec<ActionItem>),
}

/// The rank of a match between a text and the query. The best rank is the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The text starts with the query.
    Start,
    /// A word of the text starts with the query.
    Word,
    /// The text contains the query.
    Within,
}

/// The key of a user's option.
pub(super) fn user_key(user: UserId) -> String {
    format!("user-{user}")
}

impl Group {
    /// The keys of the options, in display order.
    pub(super) fn keys(&self) -> Vec<String> {
        match self {
            Self::Users(rows) => rows.iter().map(|row| user_key(row.id)).collect(),
            Self::UserActions(_, actions) | Self::Actions(actions) => {
                actions.iter().map(|action| action.key.clone()).collect()
            }
        }
    }
}

/// Arranges users, the actions of the chosen user and the page's actions into groups, in display order.
pub(super) fn groups(
    language: Language,
    query: &str,
    users: &[UserRow],
    chosen: Option<&UserRow>,
    actions: Vec<ActionItem>,
) -> Vec<Group> {
    let has_prefix_match = actions.first().and_then(|first| rank(&first.label, query)) == Some(Rank::Start);
    let is_about_action = has_prefix_match && !query.trim().is_empty();
    let users = [
        Group::Users(users.to_vec()),
        Group::UserActions(
            chosen.map(|row| row.label().to_owned()).unwrap_or_default(),
            chosen.map(|row| user_actions(language, row)).unwrap_or_default(),
        ),
    ];
    let actions = Group::Actions(actions);
    // Actions come first if the query is a prefix of an action's label. The first option is then right even before the
    // users arrive.
    let mut groups = Vec::from(users);
    groups.insert(if is_about_action { 0 } else { groups.len() }, actions);
    groups.retain(|group| !group.keys().is_empty());
    groups
}

/// The actions for a user.
pub(super) fn user_actions(language: Language, row: &UserRow) -> Vec<ActionItem> {
    let (id, name) = (row.id, isolated(row.label()));
    let action = |key: &str, action, label, glyph, denied| ActionItem {
        key: format!("of-{key}"),
        action,
        label,
        glyph,
        shortcut: None,
        denied,
    };
    let copied = PaletteAction::CopyLink(Box::new(row.clone()));
    let viewed = PaletteAction::View(Box::new(row.clone()));
    let removed = PaletteAction::Remove(Box::new(row.clone()));
    let mut actions = vec![
        action(
            "details",
            PaletteAction::Open(id, Tab::Details),
            messages::open_details(language, &name),
            Glyph::Info,
            None,
        ),
        action(
            "access",
            PaletteAction::Open(id, Tab::Access),
            messages::change_access(language, &name),
            Glyph::Role,
            None,
        ),
        action(
            "audit",
            PaletteAction::Open(id, Tab::AuditLog),
            messages::audit_log_of(language, &name),
            Glyph::Clock,
            None,
        ),
        action("view", viewed, messages::view_as_named(language, &name), Glyph::ViewAs, row.allowed.view_as),
        action("remove", removed, messages::remove_named(language, &name), Glyph::Trash, row.allowed.remove),
    ];
    // A user who has joined and has no pending invitation has no link. The action is omitted instead of disabled.
    if row.invitation.is_some() || row.status != Status::Active {
        let label = messages::copy_link_for(language, &name);
        actions.insert(3, action("link", copied, label, Glyph::Clipboard, row.allowed.copy_link));
    }
    actions
}

/// The page's actions that match the query, best match first. An empty query matches all actions except the filters by
/// node.
pub(super) fn actions(
    language: Language,
    current_user: &CurrentUser,
    route: &UsersRoute,
    query: &str,
) -> Vec<ActionItem> {
    let action = |key: &str, action, label: &str, glyph, shortcut| ActionItem {
        key: format!("do-{key}"),
        action,
        label: label.to_owned(),
        glyph,
        shortcut,
        denied: None,
    };
    let mut invite =
        action("invite", PaletteAction::Invite, messages::invite_users(language), Glyph::Plus, Some("i"));
    invite.denied = current_user.is_viewing().then_some(Denial::InsideView);
    let mut all = vec![invite];
    if !query.trim().is_empty() {
        let managed = current_user.managed_positions().map(|position| &current_user.nodes[position]);
        let words = words(query);
        let found = managed.filter(|node| rank_words(&node.name, &words).is_some()).take(MAX_NODES);
        all.extend(found.map(|node| {
            let label = messages::show_users_in(language, &isolated(&node.name));
            action(
                &format!("in-{}", node.id),
                PaletteAction::FilterByNode(node.id),
                &label,
                Glyph::Filter,
                None,
            )
        }));
    }
    if !route.filters.are_empty() {
        let label = messages::clear_all_filters(language);
        all.push(action("clear", PaletteAction::ClearFilters, label, Glyph::Filter, None));
    }
    all.extend([
        action("roles", PaletteAction::Roles, messages::compare_roles(language), Glyph::Matrix, None),
        action("removed", PaletteAction::Removed, messages::removed_users(language), Glyph::Trash, None),
        action("jobs", PaletteAction::Jobs, messages::recent_bulk_actions(language), Glyph::Clock, None),
        action("shortcuts", PaletteAction::Shortcuts, messages::shortcuts(language), Glyph::Help, Some("?")),
    ]);
    if current_user.sees_undelivered_mail() {
        let label = messages::undelivered_mail(language);
        all.push(action("undelivered", PaletteAction::UndeliveredMail, label, Glyph::Mail, None));
    }
    let columns = [
        (SortKey::Name, messages::name(language)),
        (SortKey::Status, messages::status(language)),
        (SortKey::LastActiveAt, messages::last_active(language)),
        (SortKey::CreatedAt, messages::created(language)),
    ];
    all.extend(columns.map(|(key, column)| {
        let descending = matches!(key, SortKey::LastActiveAt | SortKey::CreatedAt);
        let label = messages::sort_by(language, &isolated(column));
        let sort = PaletteAction::SortBy(Sort { key, descending });
        action(&format!("sort-{}", key.wire_name()), sort, &label, Glyph::Sliders, None)
    }));
    let mut ranked: Vec<_> = all.into_iter().filter_map(|a| Some((rank(&a.label, query)?, a))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, action)| action).collect()
}

/// Sorts users by the rank of their name, then of their e-mail address, and keeps the best [`MAX_USERS`].
///
/// Keeps users in which it finds no match, after the others: the backend ignores more differences than the page.
pub(super) fn best_matches(mut rows: Vec<UserRow>, query: &str) -> Vec<UserRow> {
    let of_name = |row: &UserRow| row.name.as_deref().and_then(|name| rank(name, query));
    let of_mail = |row: &UserRow| rank(&row.email, query);
    // `None` means no match and sorts last.
    let order = |rank: Option<Rank>| (rank.is_none(), rank);
    rows.sort_by_cached_key(|row| (order(of_name(row)), order(of_mail(row))));
    rows.truncate(MAX_USERS);
    rows
}

/// Filters the users of an earlier query by this one. Users that do not match would only be selected by mistake.
pub(super) fn filter_matches(rows: &[UserRow], query: &str) -> Vec<UserRow> {
    let words = words(query);
    let is_found = |row: &&UserRow| {
        let texts = [Letters::of(&row.email), Letters::of(row.name.as_deref().unwrap_or_default())];
        words.iter().all(|word| texts.iter().any(|text| text.starts(word).next().is_some()))
    };
    rows.iter().filter(is_found).cloned().collect()
}

/// Ranks a text by the place of the first word of the query. Returns `None` if the text does not contain all words.
pub(super) fn rank(text: &str, query: &str) -> Option<Rank> {
    rank_words(text, &words(query))
}

fn rank_words(text: &str, words: &[Vec<char>]) -> Option<Rank> {
    let text = Letters::of(text);
    if !words.iter().all(|word| text.starts(word).next().is_some()) {
        return None;
    }
    let Some(word) = words.first() else { return Some(Rank::Within) };
    let is_word_start = |start: usize| start > 0 && !text.letters[start - 1].is_alphanumeric();
    Some(match text.starts(word).next()? {
        0 => Rank::Start,
        _ if text.starts(word).any(is_word_start) => Rank::Word,
        _ => Rank::Within,
    })
}

/// Splits the text into pieces, each with a flag that says whether it matches a word of the query.
pub(super) fn highlight(text: &str, query: &str) -> Vec<(String, bool)> {
    let letters = Letters::of(text);
    let characters: Vec<char> = text.chars().collect();
    let mut is_match = vec![false; characters.len()];
    for word in words(query) {
        let mut end = 0;
        for start in letters.starts(&word) {
            if start >= end {
                end = start + word.len();
                // Includes the accents inside the match.
                is_match[letters.sources[start]..=letters.sources[end - 1]].fill(true);
            }
        }
    }
    // Marks adjacent words as one piece.
    for at in 1..characters.len().saturating_sub(1) {
        is_match[at] |= characters[at].is_whitespace() && is_match[at - 1] && is_match[at + 1];
    }
    let mut pieces: Vec<(String, bool)> = Vec::new();
    for (letter, is_match) in characters.into_iter().zip(is_match) {
        match pieces.last_mut() {
            // An accent belongs to the letter before it.
            Some((last, was_match)) if *was_match == is_match || is_accent(letter) => last.push(letter),
            _ => pieces.push((letter.into(), is_match)),
        }
    }
    pieces
}

/// The folded letters of a text, each with the index of its character.
struct Letters {
    letters: Vec<char>,
    sources: Vec<usize>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut all = Self { letters: Vec::new(), sources: Vec::new() };
        for (index, character) in text.chars().enumerate() {
            fold_letter(character, &mut |letter| {
                all.letters.push(letter);
                all.sources.push(index);
            });
        }
        all
    }

    /// Returns the indices of the letters at which a word begins.
    fn starts(&self, word: &[char]) -> impl Iterator<Item = usize> {
        (0..self.letters.len()).filter(|&start| self.letters[start..].starts_with(word))
    }
}

/// Returns the words of a query.
fn words(query: &str) -> Vec<Vec<char>> {
    let letters = Letters::of(query).letters;
    letters
        .split(|letter| letter.is_whitespace())
        .filter(|word| !word.is_empty())
        .map(<[_]>::to_vec)
        .collect()
}

#[cfg(test)]
mod tests;
