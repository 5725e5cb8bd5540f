//! The texts of mails that bundle notices: about invitations of the recipient, and about access that they were given.

use studio_users_domain::{Language, RoleSet};

use super::document::{Block, MailDocument};
use super::role_list::list;
use super::sentence::Sentence;
use super::{Digest, DigestUser, GivenAccess};

/// The maximum number of people that a digest lists. It counts the others.
pub(crate) const MAX_LISTED: usize = 100;
/// The maximum number of nodes that a digest lists for one person.
const MAX_NODES: usize = 10;

/// Composes a digest about invitations. The recipient sent them.
pub(super) fn digest(language: Language, digest: &Digest, url: &str) -> MailDocument {
    let Digest { people, undelivered, expired, unnotified, .. } = digest;
    match (people.as_slice(), undelivered.as_slice(), expired.as_slice(), unnotified.as_slice()) {
        ([one], [], [], []) => joined(language, &one.name, &one.email, &one.node_names, url),
        (people, [], [], []) => new_users(language, people, url),
        ([], [one], [], []) => one_problem(language, one, Problem::Undelivered, url),
        ([], [], [one], []) => one_problem(language, one, Problem::Expired, url),
        ([], [], [], [one]) => one_problem(language, one, Problem::Unnotified, url),
        _ => several(language, digest, url),
    }
}

pub(super) fn joined(
    language: Language,
    person: &str,
    email: &str,
    nodes: &[String],
    url: &str,
) -> MailDocument {
    let [title, one_node, several_nodes, footer] = match language {
        Language::En => [
            "{} accepted your invitation",
            "{} ({}) accepted your invitation and now has access to *{}*.",
            "{} ({}) accepted your invitation and now has access to:",
            "Sent by Studio because you invited {}.",
        ],
        Language::Nl => [
            "{} heeft je uitnodiging geaccepteerd",
            "{} ({}) heeft je uitnodiging geaccepteerd en heeft nu toegang tot *{}*.",
            "{} ({}) heeft je uitnodiging geaccepteerd en heeft nu toegang tot:",
            "Verstuurd door Studio omdat je {} hebt uitgenodigd.",
        ],
    };
    let mut blocks = match nodes {
        [node] => vec![Block::Paragraph(Sentence::new(one_node, &[person, email, node]))],
        nodes => vec![
            Block::Paragraph(Sentence::new(several_nodes, &[person, email])),
            Block::List(nodes.iter().map(|node| Sentence::new("{}", &[node])).collect()),
        ],
    };
    blocks.push(open_studio(language, url));
    let title = Sentence::new(title, &[person]);
    MailDocument { language, title, blocks, footer: Sentence::new(footer, &[email]), unsubscribe: None }
}

fn new_users(language: Language, people: &[DigestUser], url: &str) -> MailDocument {
    let [title, accepted, footer] = match language {
        Language::En => [
            "{} people accepted your invitations",
            "They now have access:",
            "Sent by Studio because you invited these people.",
        ],
        Language::Nl => [
            "{} mensen hebben je uitnodigingen geaccepteerd",
            "Ze hebben nu toegang:",
            "Verstuurd door Studio omdat je deze mensen hebt uitgenodigd.",
        ],
    };
    let blocks = vec![
        Block::Paragraph(Sentence::fixed(accepted)),
        Block::List(lines(language, people, MAX_LISTED, |user| joined_line(language, user))),
        open_studio(language, url),
    ];
    let title = Sentence::new(title, &[&people.len().to_string()]);
    MailDocument { language, title, blocks, footer: Sentence::fixed(footer), unsubscribe: None }
}

/// Why an invitation has not led anywhere, or a person does not know of their access.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Problem {
    Undelivered,
    Expired,
    Unnotified,
}

impl Problem {
    /// Returns the title for one user, the sentence for one user, the heading of a list, and what the recipient can do.
    const fn texts(self, language: Language) -> [&'static str; 4] {
        match (self, language) {
            (Self::Undelivered, Language::En) => [
                "Your invitation to {} wasn’t delivered",
                "The e-mail that invites {} to *{}* wasn’t delivered.",
                "Not delivered",
                "Check the address. If it’s right, copy the invitation link and share it yourself.",
            ],
            (Self::Undelivered, Language::Nl) => [
                "Je uitnodiging aan {} is niet bezorgd",
                "De e-mail met de uitnodiging voor {} voor *{}* is niet bezorgd.",
                "Niet bezorgd",
                "Controleer het adres. Klopt het? Kopieer dan de uitnodigingslink en deel die zelf.",
            ],
            (Self::Expired, Language::En) => [
                "Your invitation to {} has expired",
                "{} didn’t accept the invitation to *{}* in time.",
                "Expired",
                "Resend the invitation if they should still join.",
            ],
            (Self::Expired, Language::Nl) => [
                "Je uitnodiging aan {} is verlopen",
                "{} heeft de uitnodiging voor *{}* niet op tijd geaccepteerd.",
                "Verlopen",
                "Verstuur de uitnodiging opnieuw als deze persoon nog moet deelnemen.",
            ],
            (Self::Unnotified, Language::En) => [
                "{} doesn’t know about their new access",
                "The e-mail that tells {} about their access to *{}* wasn’t delivered.",
                "Not told about their access",
                "They can use it already. Tell them yourself, and check the address.",
            ],
            (Self::Unnotified, Language::Nl) => [
                "{} weet niet van de nieuwe toegang",
                "De e-mail die {} vertelt over de toegang tot *{}* is niet bezorgd.",
                "Weten niet van hun toegang",
                "De toegang werkt al. Laat het zelf weten en controleer het adres.",
            ],
        }
    }
}

fn one_problem(language: Language, user: &DigestUser, problem: Problem, url: &str) -> MailDocument {
    let [title, sentence, _, advice] = problem.texts(language);
    let mut blocks = vec![Block::Paragraph(Sentence::new(sentence, &[&user.name, &nodes(language, user)]))];
    if let Some(reply) = &user.reply {
        let label = match language {
            Language::En => "The mail server answered:",
            Language::Nl => "De mailserver antwoordde:",
        };
        blocks.push(Block::Paragraph(Sentence::fixed(label)));
        blocks.push(Block::Quote(reply.clone()));
    }
    blocks.push(Block::Paragraph(Sentence::fixed(advice)));
    blocks.push(open_studio(language, url));
    let title = Sentence::new(title, &[&user.name]);
    let footer = footer(language, problem == Problem::Unnotified);
    MailDocument { language, title, blocks, footer, unsubscribe: None }
}

fn several(language: Language, digest: &Digest, url: &str) -> MailDocument {
    let (title, accepted) = match language {
        Language::En => ("News about your invitations", "Accepted"),
        Language::Nl => ("Nieuws over je uitnodigingen", "Geaccepteerd"),
    };
    let mut blocks = Vec::new();
    let mut space = MAX_LISTED;
    let problems = [
        (Problem::Undelivered, &digest.undelivered),
        (Problem::Expired, &digest.expired),
        (Problem::Unnotified, &digest.unnotified),
    ];
    for (problem, users) in problems.into_iter().filter(|(_, users)| !users.is_empty()) {
        let [_, _, heading, advice] = problem.texts(language);
        blocks.push(Block::Heading(Sentence::fixed(heading)));
        blocks.push(Block::List(lines(language, users, space, |user| problem_line(language, user))));
        blocks.push(Block::Small(Sentence::fixed(advice)));
        space = space.saturating_sub(users.len());
    }
    if !digest.people.is_empty() {
        blocks.push(Block::Heading(Sentence::fixed(accepted)));
        blocks.push(Block::List(lines(language, &digest.people, space, |user| joined_line(language, user))));
    }
    blocks.push(open_studio(language, url));
    let title = Sentence::fixed(title);
    let footer = footer(language, !digest.unnotified.is_empty());
    MailDocument { language, title, blocks, footer, unsubscribe: None }
}

/// Composes a notice about roles that one or several people gave.
pub(super) fn access_digest(language: Language, given: &[GivenAccess], url: &str) -> MailDocument {
    let [title, intro, line, footer] = match language {
        Language::En => [
            "You have new access to {}",
            "You now have these roles:",
            "{}, given by {}",
            "Sent by Studio because your access changed.",
        ],
        Language::Nl => [
            "Je hebt nieuwe toegang tot {}",
            "Je hebt nu deze rollen:",
            "{}, gegeven door {}",
            "Verstuurd door Studio omdat je toegang is gewijzigd.",
        ],
    };
    let lines = given.iter().map(|one| {
        let roles: Vec<(String, RoleSet)> = vec![(one.node_name.clone(), one.roles)];
        let roles = list(language, &roles).first().map(Sentence::plain).unwrap_or_default();
        Sentence::new(line, &[&roles, &one.giver_name])
    });
    let mut nodes: Vec<&str> = given.iter().map(|one| one.node_name.as_str()).collect();
    nodes.dedup();
    MailDocument {
        language,
        title: Sentence::new(title, &[&nodes.join(", ")]),
        blocks: vec![
            Block::Paragraph(Sentence::fixed(intro)),
            Block::List(lines.collect()),
            open_studio(language, url),
        ],
        footer: Sentence::fixed(footer),
        unsubscribe: None,
    }
}

/// Returns a line for each user. If there are more than `space`, the last line has the number of the others.
fn lines(
    language: Language,
    users: &[DigestUser],
    space: usize,
    line: impl Fn(&DigestUser) -> Sentence,
) -> Vec<Sentence> {
    let mut lines: Vec<Sentence> = users.iter().take(space).map(line).collect();
    let others = users.len().saturating_sub(space);
    if others > 0 {
        let text = match (language, lines.is_empty()) {
            (Language::En, false) => "and {} more",
            (Language::En, true) => "{} people",
            (Language::Nl, false) => "en nog {}",
            (Language::Nl, true) => "{} mensen",
        };
        lines.push(Sentence::new(text, &[&others.to_string()]));
    }
    lines
}

fn joined_line(language: Language, user: &DigestUser) -> Sentence {
    Sentence::new("{} ({}): {}", &[&user.name, &user.email, &nodes(language, user)])
}

fn problem_line(language: Language, user: &DigestUser) -> Sentence {
    let nodes = nodes(language, user);
    match &user.reply {
        Some(reply) => Sentence::new("{}: {} – “{}”", &[&user.name, &nodes, reply]),
        None => Sentence::new("{}: {}", &[&user.name, &nodes]),
    }
}

/// Returns the names of the nodes of a user, and the number of those that are left out.
fn nodes(language: Language, user: &DigestUser) -> String {
    let shown = user.node_names.len().min(MAX_NODES);
    let names = user.node_names[..shown].join(", ");
    match (user.node_names.len() - shown, language) {
        (0, _) => names,
        (others, Language::En) => format!("{names} and {others} more"),
        (others, Language::Nl) => format!("{names} en nog {others}"),
    }
}

fn open_studio(language: Language, url: &str) -> Block {
    let label = match language {
        Language::En => "Open the studio",
        Language::Nl => "Studio openen",
    };
    Block::Button(Sentence::fixed(label), url.into())
}

/// Returns the reason for a digest. `gave_access` is whether it is about access that the recipient gave.
fn footer(language: Language, gave_access: bool) -> Sentence {
    Sentence::fixed(match (language, gave_access) {
        (Language::En, false) => "Sent by Studio because you invited these people.",
        (Language::En, true) => "Sent by Studio because you invited people or gave them access.",
        (Language::Nl, false) => "Verstuurd door Studio omdat je deze mensen hebt uitgenodigd.",
        (Language::Nl, true) => {
            "Verstuurd door Studio omdat je mensen hebt uitgenodigd of toegang hebt gegeven."
        }
    })
}
