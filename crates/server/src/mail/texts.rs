//! What each mail says, in each language.

use chrono::{DateTime, Locale, Utc};
use studio_users_domain::{Language, RoleSet, abilities, capabilities_of};

use super::Mail;
use super::page::{Block, Page};
use super::sentence::Sentence;

/// Writes a mail to somebody of this name, with the address where they go on.
pub(super) fn page_of(mail: &Mail, language: Language, name: Option<&str>, url: &str) -> Page {
    match mail {
        Mail::SignIn => sign_in(language, name, url),
        Mail::Invitation { inviter, organisation, grants, message, expires_at, notifies } => {
            let given = Given { giver: inviter, organisation, grants, notifies: *notifies };
            invitation(language, given, message.as_deref(), *expires_at, url)
        }
        Mail::AccessGiven { giver, organisation, grants, notifies } => {
            access_given(language, Given { giver, organisation, grants, notifies: *notifies }, url)
        }
        Mail::Joined { person, email, nodes } => joined(language, person, email, nodes, url),
    }
}

fn sign_in(language: Language, name: Option<&str>, url: &str) -> Page {
    let [title, greeting, hello, how, go, otherwise, foot] = match language {
        Language::En => [
            "Sign in to the studio",
            "Hello,",
            "Hello {},",
            "Open this link to sign in. It works once, within 15 minutes.",
            "Sign in",
            "If the button does not work, open this address:",
            "Sent by Studio, because somebody asked to sign in with this address. If it was not you, you need not do anything.",
        ],
        Language::Nl => [
            "Inloggen bij de studio",
            "Hallo,",
            "Hallo {},",
            "Open deze link om in te loggen. Hij werkt één keer, binnen 15 minuten.",
            "Inloggen",
            "Werkt de knop niet, open dan dit adres:",
            "Verstuurd door Studio, omdat iemand met dit adres wilde inloggen. Was jij dat niet, dan hoef je niets te doen.",
        ],
    };
    let greeting = name.map_or_else(|| Sentence::own(greeting), |name| Sentence::new(hello, &[name]));
    Page {
        language,
        title: Sentence::own(title),
        blocks: vec![
            Block::Paragraph(greeting),
            Block::Paragraph(Sentence::own(how)),
            Block::Button(Sentence::own(go), url.into()),
            Block::Address(Sentence::own(otherwise), url.into()),
        ],
        foot: Sentence::own(foot),
    }
}

/// What somebody is given, or would be.
#[derive(Clone, Copy)]
struct Given<'a> {
    giver: &'a str,
    organisation: &'a str,
    grants: &'a [(String, RoleSet)],
    notifies: bool,
}

impl Given<'_> {
    /// Where: the node, or the organisation where there are several.
    fn place(&self) -> &str {
        match self.grants {
            [(node, _)] => node,
            _ => self.organisation,
        }
    }
}

fn invitation(
    language: Language,
    given: Given<'_>,
    message: Option<&str>,
    expires_at: DateTime<Utc>,
    url: &str,
) -> Page {
    let [title, as_what, what, go, until, can, otherwise, nothing, foot] = match language {
        Language::En => [
            "{} invites you to {}",
            "You will work there as *{}*",
            "Your roles there will be:",
            "Join {}",
            "The link is yours alone and works until {}.",
            "What you will be able to do",
            "If the button does not work, open this address:",
            "Opening it changes nothing: you join by pressing Join. Did you not expect this? Then leave it, and it expires by itself.",
            "Sent by Studio for {}, because {} entered this address.",
        ],
        Language::Nl => [
            "{} nodigt je uit voor {}",
            "Je werkt daar als *{}*",
            "Je rollen worden daar:",
            "Deelnemen aan {}",
            "De link is alleen voor jou en werkt tot {}.",
            "Wat je daarmee kunt",
            "Werkt de knop niet, open dan dit adres:",
            "Openen verandert niets: je doet pas mee als je op Deelnemen drukt. Had je dit niet verwacht? Laat het dan zo, de link verloopt vanzelf.",
            "Verstuurd door Studio voor {}, omdat {} dit adres heeft ingevuld.",
        ],
    };
    let mut blocks = roles(language, given.grants, as_what, what);
    blocks.extend(message.filter(|text| !text.trim().is_empty()).map(|text| Block::Quote(text.into())));
    blocks.push(Block::Button(Sentence::new(go, &[given.place()]), url.into()));
    blocks.push(Block::Small(Sentence::new(until, &[&moment(language, expires_at)])));
    blocks.extend(able(language, given, can));
    blocks.push(Block::Rule);
    blocks.push(Block::Address(Sentence::own(otherwise), url.into()));
    blocks.push(Block::Small(Sentence::own(nothing)));
    Page {
        language,
        title: Sentence::new(title, &[given.giver, given.place()]),
        blocks,
        foot: Sentence::new(foot, &[given.organisation, given.giver]),
    }
}

fn access_given(language: Language, given: Given<'_>, url: &str) -> Page {
    let [title, as_what, what, can, go, foot] = match language {
        Language::En => [
            "{} gave you access to {}",
            "You can work there now as *{}*",
            "These roles are yours now:",
            "What that lets you do",
            "Open the studio",
            "Sent by Studio for {}, because {} changed your roles.",
        ],
        Language::Nl => [
            "{} geeft je toegang tot {}",
            "Je kunt daar nu werken als *{}*",
            "Deze rollen heb je nu:",
            "Wat je daarmee kunt",
            "Open de studio",
            "Verstuurd door Studio voor {}, omdat {} je rollen heeft gewijzigd.",
        ],
    };
    let mut blocks = roles(language, given.grants, as_what, what);
    blocks.push(Block::Button(Sentence::own(go), url.into()));
    blocks.extend(able(language, given, can));
    Page {
        language,
        title: Sentence::new(title, &[given.giver, given.place()]),
        blocks,
        foot: Sentence::new(foot, &[given.organisation, given.giver]),
    }
}

fn joined(language: Language, person: &str, email: &str, nodes: &[String], url: &str) -> Page {
    let [title, what, several, go, foot] = match language {
        Language::En => [
            "{} has joined",
            "{} ({}) accepted your invitation, and can now work at *{}*.",
            "{} ({}) accepted your invitation, and can now work at:",
            "Open the studio",
            "Sent by Studio, because you invited {}.",
        ],
        Language::Nl => [
            "{} doet nu mee",
            "{} ({}) heeft je uitnodiging aanvaard, en kan nu aan de slag bij *{}*.",
            "{} ({}) heeft je uitnodiging aanvaard, en kan nu aan de slag bij:",
            "Open de studio",
            "Verstuurd door Studio, omdat je {} hebt uitgenodigd.",
        ],
    };
    let mut blocks = match nodes {
        [node] => vec![Block::Paragraph(Sentence::new(what, &[person, email, node]))],
        nodes => vec![
            Block::Paragraph(Sentence::new(several, &[person, email])),
            Block::List(nodes.iter().map(|node| Sentence::new("{}", &[node])).collect()),
        ],
    };
    blocks.push(Block::Button(Sentence::own(go), url.into()));
    Page { language, title: Sentence::new(title, &[person]), blocks, foot: Sentence::new(foot, &[email]) }
}

/// As what: in a sentence where it is one role at one node, else as a list.
fn roles(
    language: Language,
    grants: &[(String, RoleSet)],
    as_what: &'static str,
    what: &'static str,
) -> Vec<Block> {
    let only = match grants {
        [(_, roles)] if roles.len() == 1 => roles.iter().next(),
        _ => None,
    };
    let Some(role) = only else {
        return vec![Block::Paragraph(Sentence::own(what)), Block::List(list(language, grants))];
    };
    // "Operator: full inbox and CRM access."
    let mut letters = role.description(language).chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    let description: String = first.chain(letters).collect();
    let sentence = as_what.replace("{}", role.name(language));
    vec![Block::Paragraph(Sentence::own(format!("{sentence}: {description}.")))]
}

/// The nodes, and the roles at each.
fn list(language: Language, grants: &[(String, RoleSet)]) -> Vec<Sentence> {
    let none = match language {
        Language::En => "no access",
        Language::Nl => "geen toegang",
    };
    let entry = |(node, roles): &(String, RoleSet)| {
        let roles: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
        let roles = if roles.is_empty() { none.to_owned() } else { roles.join(", ") };
        Sentence::new("{}: {}", &[node, &roles])
    };
    grants.iter().map(entry).collect()
}

/// What the roles allow together, under a heading of its own.
fn able(language: Language, given: Given<'_>, can: &'static str) -> Vec<Block> {
    let roles = given.grants.iter().fold(RoleSet::empty(), |all, (_, roles)| all | *roles);
    let notified = given.notifies.then_some(match language {
        Language::En => "Be notified of new chats",
        Language::Nl => "Meldingen van nieuwe chats krijgen",
    });
    let lines: Vec<_> = abilities(capabilities_of(roles), language).into_iter().chain(notified).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let lines = lines.into_iter().map(Sentence::own).collect();
    vec![Block::Rule, Block::Heading(Sentence::own(can)), Block::Checks(lines)]
}

/// A moment as it is written out. Where the reader is, is not known: the zone is named.
fn moment(language: Language, at: DateTime<Utc>) -> String {
    let (format, locale) = match language {
        Language::En => ("%A %-d %B %Y, %H:%M UTC", Locale::en_GB),
        Language::Nl => ("%A %-d %B %Y om %H:%M UTC", Locale::nl_NL),
    };
    at.format_localized(format, locale).to_string()
}
