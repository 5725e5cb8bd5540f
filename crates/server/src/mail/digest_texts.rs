//! The texts of mails that bundle notices: about invitations of the recipient, and about access that they were given.

use studio_users_domain::{Language, RoleSet};

use super::document::{Block, MailDocument};
use super::role_list::list;
use super::sentence::Sentence;
use super::{Digest, DigestUser, GivenAccess};

/// Composes a digest about invitations. The recipient sent them.
pub(super) fn digest(language: Language, digest: &Digest, url: &str) -> MailDocument {
    match (digest.people.as_slice(), digest.undelivered.as_slice(), digest.expired.as_slice()) {
        ([one], [], []) => joined(language, &one.name, &one.email, &one.node_names, url),
        (people, [], []) => new_users(language, people, url),
        ([], [one], []) => invitation_problem(language, one, Problem::Undelivered, url),
        ([], [], [one]) => invitation_problem(language, one, Problem::Expired, url),
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
        Block::List(people.iter().map(joined_line).collect()),
        open_studio(language, url),
    ];
    let title = Sentence::new(title, &[&people.len().to_string()]);
    MailDocument { language, title, blocks, footer: Sentence::fixed(footer), unsubscribe: None }
}

/// Why an invitation has not led anywhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Problem {
    Undelivered,
    Expired,
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
        }
    }
}

fn invitation_problem(language: Language, user: &DigestUser, problem: Problem, url: &str) -> MailDocument {
    let [title, sentence, _, advice] = problem.texts(language);
    let mut blocks =
        vec![Block::Paragraph(Sentence::new(sentence, &[&user.name, &user.node_names.join(", ")]))];
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
    MailDocument { language, title, blocks, footer: footer(language), unsubscribe: None }
}

fn several(language: Language, digest: &Digest, url: &str) -> MailDocument {
    let (title, accepted) = match language {
        Language::En => ("News about your invitations", "Accepted"),
        Language::Nl => ("Nieuws over je uitnodigingen", "Geaccepteerd"),
    };
    let mut blocks = Vec::new();
    for (problem, users) in [(Problem::Undelivered, &digest.undelivered), (Problem::Expired, &digest.expired)]
    {
        if users.is_empty() {
            continue;
        }
        let [_, _, heading, advice] = problem.texts(language);
        blocks.push(Block::Heading(Sentence::fixed(heading)));
        blocks.push(Block::List(users.iter().map(problem_line).collect()));
        blocks.push(Block::Small(Sentence::fixed(advice)));
    }
    if !digest.people.is_empty() {
        blocks.push(Block::Heading(Sentence::fixed(accepted)));
        blocks.push(Block::List(digest.people.iter().map(joined_line).collect()));
    }
    blocks.push(open_studio(language, url));
    let title = Sentence::fixed(title);
    MailDocument { language, title, blocks, footer: footer(language), unsubscribe: None }
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

fn joined_line(user: &DigestUser) -> Sentence {
    Sentence::new("{} ({}): {}", &[&user.name, &user.email, &user.node_names.join(", ")])
}

fn problem_line(user: &DigestUser) -> Sentence {
    let nodes = user.node_names.join(", ");
    match &user.reply {
        Some(reply) => Sentence::new("{}: {} – “{}”", &[&user.name, &nodes, reply]),
        None => Sentence::new("{}: {}", &[&user.name, &nodes]),
    }
}

fn open_studio(language: Language, url: &str) -> Block {
    let label = match language {
        Language::En => "Open the studio",
        Language::Nl => "Studio openen",
    };
    Block::Button(Sentence::fixed(label), url.into())
}

fn footer(language: Language) -> Sentence {
    Sentence::fixed(match language {
        Language::En => "Sent by Studio because you invited these people.",
        Language::Nl => "Verstuurd door Studio omdat je deze mensen hebt uitgenodigd.",
    })
}
