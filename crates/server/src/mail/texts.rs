//! What each mail says, in each language.

use chrono::{DateTime, Locale, Utc};
use studio_users_domain::{Capability, Language, RoleSet, capabilities_of};

use super::Mail;
use super::page::{Block, Page};
use super::sentence::Sentence;

/// Writes a mail to somebody of this name, with the address where they go on.
pub(super) fn page_of(mail: &Mail, language: Language, name: Option<&str>, url: &str) -> Page {
    match mail {
        Mail::SignIn => sign_in(language, name, url),
        Mail::Invitation { inviter, organisation, grants, message, expires_at } => {
            let invited = Invited { inviter, organisation, grants, message: message.as_deref() };
            invitation(language, &invited, *expires_at, url)
        }
        Mail::AccessGiven { giver, organisation, grants } => {
            access_given(language, giver, organisation, grants, url)
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

struct Invited<'a> {
    inviter: &'a str,
    organisation: &'a str,
    grants: &'a [(String, RoleSet)],
    message: Option<&'a str>,
}

fn invitation(language: Language, invited: &Invited, expires_at: DateTime<Utc>, url: &str) -> Page {
    let [title, what, go, until, can, otherwise, nothing, foot] = match language {
        Language::En => [
            "{} invites you to {}",
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
            "Je rollen worden daar:",
            "Deelnemen aan {}",
            "De link is alleen voor jou en werkt tot {}.",
            "Wat je daarmee kunt",
            "Werkt de knop niet, open dan dit adres:",
            "Openen verandert niets: je doet pas mee als je op Deelnemen drukt. Had je dit niet verwacht? Laat het dan zo, de link verloopt vanzelf.",
            "Verstuurd door Studio voor {}, omdat {} dit adres heeft ingevuld.",
        ],
    };
    let Invited { inviter, organisation, grants, message } = *invited;
    let mut blocks = vec![Block::Paragraph(Sentence::own(what)), Block::List(list(language, grants))];
    blocks.extend(message.filter(|text| !text.trim().is_empty()).map(|text| Block::Quote(text.into())));
    blocks.push(Block::Button(Sentence::new(go, &[organisation]), url.into()));
    blocks.push(Block::Small(Sentence::new(until, &[&moment(language, expires_at)])));
    let abilities = abilities(language, grants);
    if !abilities.is_empty() {
        blocks.push(Block::Heading(Sentence::own(can)));
        blocks.push(Block::List(abilities));
    }
    blocks.push(Block::Address(Sentence::own(otherwise), url.into()));
    blocks.push(Block::Small(Sentence::own(nothing)));
    Page {
        language,
        title: Sentence::new(title, &[inviter, organisation]),
        blocks,
        foot: Sentence::new(foot, &[organisation, inviter]),
    }
}

fn access_given(
    language: Language,
    giver: &str,
    organisation: &str,
    grants: &[(String, RoleSet)],
    url: &str,
) -> Page {
    let [title, what, go, foot] = match language {
        Language::En => [
            "{} gave you access to {}",
            "Your roles there are now:",
            "Open the studio",
            "Sent by Studio for {}, because {} changed your roles.",
        ],
        Language::Nl => [
            "{} geeft je toegang tot {}",
            "Je rollen zijn daar nu:",
            "Open de studio",
            "Verstuurd door Studio voor {}, omdat {} je rollen heeft gewijzigd.",
        ],
    };
    Page {
        language,
        title: Sentence::new(title, &[giver, organisation]),
        blocks: vec![
            Block::Paragraph(Sentence::own(what)),
            Block::List(list(language, grants)),
            Block::Button(Sentence::own(go), url.into()),
        ],
        foot: Sentence::new(foot, &[organisation, giver]),
    }
}

fn joined(language: Language, person: &str, email: &str, nodes: &[String], url: &str) -> Page {
    let [title, what, go, foot] = match language {
        Language::En => [
            "{} has joined",
            "{} ({}) accepted your invitation, and can now work at:",
            "Open the studio",
            "Sent by Studio, because you invited {}.",
        ],
        Language::Nl => [
            "{} doet nu mee",
            "{} ({}) heeft je uitnodiging aanvaard, en kan nu aan de slag bij:",
            "Open de studio",
            "Verstuurd door Studio, omdat je {} hebt uitgenodigd.",
        ],
    };
    Page {
        language,
        title: Sentence::new(title, &[person]),
        blocks: vec![
            Block::Paragraph(Sentence::new(what, &[person, email])),
            Block::List(nodes.iter().map(|node| Sentence::new("{}", &[node])).collect()),
            Block::Button(Sentence::own(go), url.into()),
        ],
        foot: Sentence::new(foot, &[email]),
    }
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

/// What the roles allow together. Whoever edits contacts is not told that they see them.
fn abilities(language: Language, grants: &[(String, RoleSet)]) -> Vec<Sentence> {
    let mut all = capabilities_of(grants.iter().fold(RoleSet::empty(), |all, (_, roles)| all | *roles));
    if all.contains(Capability::EditCrm) {
        all.remove(Capability::ReadCrm);
    }
    all.iter().map(|capability| Sentence::own(capability.name(language))).collect()
}

/// A moment as it is written out. Where the reader is, is not known: the zone is named.
fn moment(language: Language, at: DateTime<Utc>) -> String {
    let (format, locale) = match language {
        Language::En => ("%A %-d %B %Y, %H:%M UTC", Locale::en_GB),
        Language::Nl => ("%A %-d %B %Y om %H:%M UTC", Locale::nl_NL),
    };
    at.format_localized(format, locale).to_string()
}
