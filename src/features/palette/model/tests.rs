use super::*;
use chrono::DateTime;
use studio_users_contract::{NodeView, RowEnvironments, Session, SessionUser};
use studio_users_domain::{Allowed, NodeKind};
use uuid::Uuid;

const EN: Language = Language::En;

fn node(number: u128) -> NodeId {
    NodeId(Uuid::from_u128(number))
}

/// A user who sees three environments and manages two of them.
fn current_user() -> CurrentUser {
    let view = |number, name: &str| NodeView {
        id: node(number),
        parent_id: None,
        kind: NodeKind::Environment,
        name: name.into(),
        own_managers: None,
        disabled_roles: None,
    };
    let user = SessionUser {
        id: UserId(Uuid::nil()),
        name: None,
        email: "m@x.example".into(),
        locale: None,
        digests: true,
    };
    CurrentUser::new(
        Session { user, managed: vec![node(1), node(2)], nodes: Vec::new(), view: None },
        vec![view(1, "Sandbox"), view(2, "Harbor Bank"), view(3, "Sand Dunes")],
    )
}

fn row(number: u128, name: Option<&str>) -> UserRow {
    UserRow {
        id: UserId(Uuid::from_u128(number)),
        name: name.map(Into::into),
        email: format!("user{number}@polder.example"),
        status: if name.is_some() { Status::Active } else { Status::Invited },
        created_at: DateTime::UNIX_EPOCH,
        last_active_at: None,
        roles: Vec::new(),
        environments: RowEnvironments { total: 0, first: Vec::new() },
        address_unconfirmed: false,
        invitation: None,
        invited_by: None,
        allowed: Allowed::default(),
    }
}

fn labels(query: &str) -> Vec<String> {
    let found = actions(EN, &current_user(), &UsersRoute::default(), query);
    found.into_iter().map(|action| action.label.replace(['\u{2068}', '\u{2069}'], "")).collect()
}

#[test]
fn ignores_bidi_isolates_when_matching() {
    assert_eq!(rank("Sort by \u{2068}Last active\u{2069}", "sort by last"), Some(Rank::Start));
}

#[test]
fn ranks_prefixes_before_word_starts_before_other_matches() {
    assert_eq!(rank("Sanne de Vries", "SAN"), Some(Rank::Start));
    assert_eq!(rank("Rik Santema", "san"), Some(Rank::Word));
    assert_eq!(rank("Only in \u{2068}Sandbox\u{2069}", "sand"), Some(Rank::Word));
    assert_eq!(rank("Susanne", "san"), Some(Rank::Within));
    assert_eq!(rank("Jesper", "san"), None);
    assert_eq!(rank("", "san"), None);
    assert_eq!(rank("Šárka", "sar"), Some(Rank::Start));
    assert_eq!(rank("Anna de Vries", "vries anna"), Some(Rank::Word));
    assert_eq!(rank("Anna de Vries", "anna x"), None);
    assert!(Rank::Start < Rank::Word && Rank::Word < Rank::Within);
}

#[test]
fn highlights_every_match() {
    let pieces = |text, query| {
        let pieces = highlight(text, query);
        assert_eq!(pieces.iter().map(|(piece, _)| piece.as_str()).collect::<String>(), text);
        pieces.into_iter().filter(|(_, is_marked)| *is_marked).map(|(piece, _)| piece).collect::<Vec<_>>()
    };
    assert_eq!(pieces("Sanne Santema", "san"), ["San", "San"]);
    assert_eq!(pieces("Åsa", "ås"), ["Ås"]);
    assert_eq!(pieces("İpek", "p"), ["p"]);
    assert_eq!(pieces("İpek İ", "ipek"), ["İpek"]);
    assert_eq!(pieces("Céline Dion", "celine"), ["Céline"]);
    assert_eq!(pieces("Ce\u{301}line\u{301} D", "celine"), ["Ce\u{301}line\u{301}"]);
    assert_eq!(pieces("celine", "CÉL"), ["cel"]);
    assert_eq!(pieces("Łukasz Strauß", "strauss lu"), ["Łu", "Strauß"]);
    assert_eq!(pieces("Jean–Luc O’Neil", "o'n jean-l"), ["Jean–L", "O’N"]);
    assert_eq!(pieces("Anna Jansen", "jansen  anna"), ["Anna Jansen"]);
    assert_eq!(pieces("Ingrid Solberg", "ingrid sol"), ["Ingrid Sol"]);
    assert_eq!(pieces("ΑΛΕΞΑΝΔΡΟΣ", "αλέξ"), ["ΑΛΕΞ"]);
    assert_eq!(pieces("banana", "ana"), ["ana"]);
    assert!(pieces("Sanne", " ").is_empty());
    assert!(pieces("", "a").is_empty());
}

#[test]
fn offers_only_managed_nodes_as_filters() {
    assert_eq!(labels("sand"), ["Show only users in Sandbox"]);
    assert!(!labels("").iter().any(|label| label.starts_with("Show only")));
}

#[test]
fn lists_actions_with_a_matching_prefix_first() {
    assert_eq!(labels("re")[0], "Removed users");
    assert_eq!(labels("last"), ["Sort by Last active"]);
    assert!(labels("zzz").is_empty());
}

#[test]
fn offers_clear_filters_only_if_a_filter_is_set() {
    let mut route = UsersRoute::default();
    let offers = |route: &UsersRoute| {
        actions(EN, &current_user(), route, "")
            .iter()
            .any(|action| action.action == PaletteAction::ClearFilters)
    };
    assert!(!offers(&route));
    route.filters.search = "a".into();
    assert!(offers(&route));
}

#[test]
fn lists_users_first_unless_an_action_starts_with_the_query() {
    let users = [row(1, Some("Ingrid Solberg"))];
    let kinds = |query| {
        let actions = actions(EN, &current_user(), &UsersRoute::default(), query);
        let groups = groups(EN, query, &users, users.first(), actions);
        let kind = |group: &Group| match group {
            Group::Users(_) => "users",
            Group::UserActions(..) => "of user",
            Group::Actions(_) => "actions",
        };
        groups.iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds("in"), ["actions", "users", "of user"]);
    assert_eq!(kinds("san"), ["users", "of user", "actions"]);
    assert_eq!(kinds("ingrid"), ["users", "of user"]);
}

#[test]
fn lists_denied_actions_with_the_reason() {
    let mut refused = row(1, None);
    refused.allowed.copy_link = Some(Denial::InvitationExpired);
    refused.allowed.view_as = Some(Denial::NothingToView);
    refused.allowed.remove = Some(Denial::NeedsAdministrator);
    let denied: Vec<_> =
        user_actions(EN, &refused).into_iter().map(|action| (action.key, action.denied)).collect();
    let expected = [
        ("of-details", None),
        ("of-access", None),
        ("of-audit", None),
        ("of-link", Some(Denial::InvitationExpired)),
        ("of-view", Some(Denial::NothingToView)),
        ("of-remove", Some(Denial::NeedsAdministrator)),
    ];
    assert_eq!(denied, expected.map(|(key, denial)| (key.to_owned(), denial)));
    assert!(user_actions(EN, &row(2, Some("Jo"))).iter().all(|action| action.key != "of-link"));
}

#[test]
fn sorts_users_by_rank_and_keeps_the_best_five() {
    let rows =
        vec![row(1, Some("Beatriz Santos")), row(2, None), row(3, Some("Susanne")), row(4, Some("Sanne"))];
    let names: Vec<_> = best_matches(rows, "san").iter().map(|row| row.label().to_owned()).collect();
    assert_eq!(names, ["Sanne", "Beatriz Santos", "Susanne", "user2@polder.example"]);
    let many = (0..9).map(|number| row(number, Some("Sanne"))).collect();
    assert_eq!(best_matches(many, "san").len(), 5);
}

#[test]
fn keeps_users_of_an_earlier_query_that_still_match() {
    let rows = [row(1, Some("Sanne")), row(2, Some("Sam")), row(3, None)];
    let names =
        |query| filter_matches(&rows, query).iter().map(|row| row.label().to_owned()).collect::<Vec<_>>();
    assert_eq!(names("san"), ["Sanne"]);
    assert_eq!(names("user3"), ["user3@polder.example"]);
    assert_eq!(names("polder sam"), ["Sam"]);
}
