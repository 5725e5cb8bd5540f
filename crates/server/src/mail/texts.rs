//! The texts of the mails, in each language.

use chrono::{DateTime, Locale, Utc};
use studio_users_domain::{Language, RoleSet, capabilities_of, capability_labels, has_visible};

use super::digest_texts::{access_digest, digest, joined};
use super::document::{Block, MailDocument};
use super::role_list::list;
use super::sentence::Sentence;
use super::{GivenAccess, Mail, Reminder};

/// Composes a digest, with a link that switches digests off.
pub(crate) fn compose_digest(
    mail: &Mail,
    language: Language,
    url: &str,
    unsubscribe: String,
) -> MailDocument {
    let text = match language {
        Language::En => "Don’t want e-mails about your invitations? Turn them off here:",
        Language::Nl => "Wil je geen e-mails over je uitnodigingen? Zet ze hier uit:",
    };
    let mut document = compose_mail(mail, language, url);
    document.blocks.push(Block::Rule);
    document.blocks.push(Block::Link(Sentence::fixed(text), unsubscribe.clone()));
    MailDocument { unsubscribe: Some(unsubscribe), ..document }
}

/// Composes a mail. The button leads to `url`.
pub(crate) fn compose_mail(mail: &Mail, language: Language, url: &str) -> MailDocument {
    match mail {
        Mail::SignIn => sign_in(language, url),
        Mail::Invitation { inviter, organisation, grants, message, expires_at, notifies, .. } => {
            let access = GrantedAccess { giver: inviter, organisation, grants, notifies: *notifies };
            invitation(language, access, message.as_deref(), *expires_at, url)
        }
        Mail::AccessGiven { giver, organisation, grants, notifies } => {
            access_given(language, GrantedAccess { giver, organisation, grants, notifies: *notifies }, url)
        }
        Mail::Access(notice) => match notice.given.as_slice() {
            [first, others @ ..] if others.iter().all(|other| other.giver == first.giver) => {
                let named = |one: &GivenAccess| (one.node_name.clone(), one.roles);
                let grants: Vec<_> = notice.given.iter().map(named).collect();
                let (giver, organisation) = (&first.giver_name, &notice.organisation);
                let access =
                    GrantedAccess { giver, organisation, grants: &grants, notifies: notice.notifies };
                access_given(language, access, url)
            }
            given => access_digest(language, given, url),
        },
        Mail::Reminder(Reminder { inviter, organisation, grants, expires_at, notifies }) => {
            let access = GrantedAccess { giver: inviter, organisation, grants, notifies: *notifies };
            reminder(language, access, *expires_at, url)
        }
        Mail::Joined { person, email, nodes } => joined(language, person, email, nodes, url),
        Mail::Digest(content) => digest(language, content, url),
    }
}

fn sign_in(language: Language, url: &str) -> MailDocument {
    let [title, instructions, button, fallback, footer] = match language {
        Language::En => [
            "Your sign-in link for the studio",
            "Use this link to sign in. It works once and expires after 15 minutes.",
            "Sign in",
            "If the button doesn’t work, copy this link into your browser:",
            "Sent by Studio because someone asked to sign in with this e-mail address. If it wasn’t you, you can ignore this e-mail.",
        ],
        Language::Nl => [
            "Je inloglink voor de studio",
            "Gebruik deze link om in te loggen. De link werkt één keer en verloopt na 15 minuten.",
            "Inloggen",
            "Werkt de knop niet? Kopieer dan deze link naar je browser:",
            "Verstuurd door Studio omdat iemand met dit e-mailadres wilde inloggen. Was jij dat niet? Dan kun je deze e-mail negeren.",
        ],
    };
    MailDocument {
        language,
        title: Sentence::fixed(title),
        blocks: vec![
            Block::Paragraph(Sentence::fixed(instructions)),
            Block::Button(Sentence::fixed(button), url.into()),
            Block::FallbackLink(Sentence::fixed(fallback), url.into()),
        ],
        footer: Sentence::fixed(footer),
        unsubscribe: None,
    }
}

/// The roles that a user got or is invited to.
#[derive(Clone, Copy)]
struct GrantedAccess<'a> {
    giver: &'a str,
    organisation: &'a str,
    grants: &'a [(String, RoleSet)],
    notifies: bool,
}

impl GrantedAccess<'_> {
    /// Returns the name of the node, or of the organisation if there are several nodes.
    fn node_or_organisation(&self) -> &str {
        match self.grants {
            [(node, _)] => node,
            _ => self.organisation,
        }
    }
}

fn invitation(
    language: Language,
    access: GrantedAccess<'_>,
    message: Option<&str>,
    expires_at: DateTime<Utc>,
    url: &str,
) -> MailDocument {
    let [title, one_role, several_roles, button, expiry, capabilities, fallback, disclaimer, footer] =
        match language {
            Language::En => [
                "{} invited you to join {}",
                "Your role will be *{}*",
                "You’ll have these roles:",
                "Join {}",
                "This link is only for you and expires on {}.",
                "What you will be able to do",
                "If the button doesn’t work, copy this link into your browser:",
                "You only join when you select Join on the page that opens. Not expecting this invitation? You can ignore this e-mail.",
                "Sent by Studio on behalf of {} because {} invited you.",
            ],
            Language::Nl => [
                "{} heeft je uitgenodigd voor {}",
                "Je rol wordt *{}*",
                "Je krijgt deze rollen:",
                "Deelnemen aan {}",
                "Deze link is alleen voor jou en verloopt op {}.",
                "Wat je daarmee kunt",
                "Werkt de knop niet? Kopieer dan deze link naar je browser:",
                "Je neemt pas deel als je op de pagina op Deelnemen klikt. Had je deze uitnodiging niet verwacht? Dan kun je deze e-mail negeren.",
                "Verstuurd door Studio namens {} omdat {} je heeft uitgenodigd.",
            ],
        };
    let mut blocks = roles(language, access.grants, one_role, several_roles);
    blocks.extend(message.filter(|text| has_visible(text)).map(|text| Block::Quote(text.into())));
    blocks.push(Block::Button(Sentence::new(button, &[access.node_or_organisation()]), url.into()));
    blocks.push(Block::Small(Sentence::new(expiry, &[&format_time(language, expires_at)])));
    blocks.extend(capability_list(language, access, capabilities));
    blocks.push(Block::Rule);
    blocks.push(Block::FallbackLink(Sentence::fixed(fallback), url.into()));
    blocks.push(Block::Small(Sentence::fixed(disclaimer)));
    MailDocument {
        language,
        title: Sentence::new(title, &[access.giver, access.node_or_organisation()]),
        blocks,
        footer: Sentence::new(footer, &[access.organisation, access.giver]),
        unsubscribe: None,
    }
}

fn reminder(
    language: Language,
    access: GrantedAccess<'_>,
    expires_at: DateTime<Utc>,
    url: &str,
) -> MailDocument {
    let [title, one_role, several_roles, expiry, button, capabilities, fallback, footer] = match language {
        Language::En => [
            "Your invitation to join {} expires soon",
            "{} invited you as *{}*.",
            "{} invited you with these roles:",
            "You can accept it until {}.",
            "Join {}",
            "What you will be able to do",
            "If the button doesn’t work, copy this link into your browser:",
            "Sent by Studio on behalf of {} because {} invited you. This is the only reminder.",
        ],
        Language::Nl => [
            "Je uitnodiging voor {} verloopt binnenkort",
            "{} heeft je uitgenodigd als *{}*.",
            "{} heeft je uitgenodigd met deze rollen:",
            "Je kunt de uitnodiging accepteren tot {}.",
            "Deelnemen aan {}",
            "Wat je daarmee kunt",
            "Werkt de knop niet? Kopieer dan deze link naar je browser:",
            "Verstuurd door Studio namens {} omdat {} je heeft uitgenodigd. Dit is de enige herinnering.",
        ],
    };
    let mut blocks = match access.grants {
        [(_, roles)] if roles.len() == 1 => {
            let role = roles.iter().next().map(|role| role.name(language)).unwrap_or_default();
            vec![Block::Paragraph(Sentence::new(one_role, &[access.giver, role]))]
        }
        grants => vec![
            Block::Paragraph(Sentence::new(several_roles, &[access.giver])),
            Block::List(list(language, grants)),
        ],
    };
    blocks.push(Block::Paragraph(Sentence::new(expiry, &[&format_time(language, expires_at)])));
    blocks.push(Block::Button(Sentence::new(button, &[access.node_or_organisation()]), url.into()));
    blocks.extend(capability_list(language, access, capabilities));
    blocks.push(Block::Rule);
    blocks.push(Block::FallbackLink(Sentence::fixed(fallback), url.into()));
    MailDocument {
        language,
        title: Sentence::new(title, &[access.node_or_organisation()]),
        blocks,
        footer: Sentence::new(footer, &[access.organisation, access.giver]),
        unsubscribe: None,
    }
}

fn access_given(language: Language, access: GrantedAccess<'_>, url: &str) -> MailDocument {
    let [title, one_role, several_roles, capabilities, button, footer] = match language {
        Language::En => [
            "{} gave you access to {}",
            "You now have the role *{}*",
            "You now have these roles:",
            "What you can do now",
            "Open the studio",
            "Sent by Studio on behalf of {} because {} changed your access.",
        ],
        Language::Nl => [
            "{} heeft je toegang gegeven tot {}",
            "Je hebt nu de rol *{}*",
            "Je hebt nu deze rollen:",
            "Wat je nu kunt doen",
            "Studio openen",
            "Verstuurd door Studio namens {} omdat {} je toegang heeft gewijzigd.",
        ],
    };
    let mut blocks = roles(language, access.grants, one_role, several_roles);
    blocks.push(Block::Button(Sentence::fixed(button), url.into()));
    blocks.extend(capability_list(language, access, capabilities));
    MailDocument {
        language,
        title: Sentence::new(title, &[access.giver, access.node_or_organisation()]),
        blocks,
        footer: Sentence::new(footer, &[access.organisation, access.giver]),
        unsubscribe: None,
    }
}

/// Returns the roles: a sentence for one role at one node, otherwise a list.
fn roles(
    language: Language,
    grants: &[(String, RoleSet)],
    one_role: &'static str,
    several_roles: &'static str,
) -> Vec<Block> {
    let only = match grants {
        [(_, roles)] if roles.len() == 1 => roles.iter().next(),
        _ => None,
    };
    let Some(role) = only else {
        return vec![Block::Paragraph(Sentence::fixed(several_roles)), Block::List(list(language, grants))];
    };
    // "Your role will be Operator: full inbox and CRM access."
    let mut letters = role.description(language).chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    let description: String = first.chain(letters).collect();
    let sentence = one_role.replace("{}", role.name(language));
    vec![Block::Paragraph(Sentence::fixed(format!("{sentence}: {description}.")))]
}

/// Returns the capabilities that the roles give together, under a heading.
fn capability_list(language: Language, access: GrantedAccess<'_>, heading: &'static str) -> Vec<Block> {
    let roles = access.grants.iter().fold(RoleSet::empty(), |all, (_, roles)| all | *roles);
    let notifications = access.notifies.then_some(match language {
        Language::En => "Get chat notifications",
        Language::Nl => "Chatmeldingen krijgen",
    });
    let lines: Vec<_> =
        capability_labels(capabilities_of(roles), language).into_iter().chain(notifications).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let lines = lines.into_iter().map(Sentence::fixed).collect();
    vec![Block::Rule, Block::Heading(Sentence::fixed(heading)), Block::Checks(lines)]
}

/// Formats a time in UTC, because the time zone of the recipient is not known.
fn format_time(language: Language, at: DateTime<Utc>) -> String {
    let (format, locale) = match language {
        Language::En => ("%A %-d %B %Y, %H:%M (UTC)", Locale::en_GB),
        Language::Nl => ("%A %-d %B %Y om %H:%M (UTC)", Locale::nl_NL),
    };
    at.format_localized(format, locale).to_string()
}
