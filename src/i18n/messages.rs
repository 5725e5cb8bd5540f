//! The catalogue: one entry for each text, in every language. An entry that lacks a language does not compile.
//!
//! What the rules themselves have to say (names of roles, capabilities, sections) stands in the domain crate,
//! where the backend finds it too.

use studio_users_domain::Language;

macro_rules! messages {
    () => {};
    ($name:ident { en: $en:literal, nl: $nl:literal } $($rest:tt)*) => {
        #[doc = $en]
        pub const fn $name(language: Language) -> &'static str {
            match language {
                Language::En => $en,
                Language::Nl => $nl,
            }
        }
        messages! { $($rest)* }
    };
    ($name:ident($($value:ident),+) { en: $en:literal, nl: $nl:literal } $($rest:tt)*) => {
        #[doc = $en]
        pub fn $name(language: Language, $($value: &str),+) -> String {
            match language {
                Language::En => format!($en),
                Language::Nl => format!($nl),
            }
        }
        messages! { $($rest)* }
    };
}

messages! {
    studio { en: "Studio", nl: "Studio" }
    skip_to_content { en: "Skip to the content", nl: "Naar de inhoud" }
    page_title(page) { en: "{page} · Studio", nl: "{page} · Studio" }
    loading { en: "Loading…", nl: "Laden…" }
    retry { en: "Try again", nl: "Opnieuw proberen" }
    menu { en: "Menu", nl: "Menu" }

    // Sign in
    sign_in { en: "Sign in", nl: "Inloggen" }
    sign_in_lead {
        en: "We mail you a link. There is no password to remember, or to lose.",
        nl: "We mailen u een link. Er is geen wachtwoord om te onthouden, of te verliezen."
    }
    email_address { en: "E-mail address", nl: "E-mailadres" }
    email_placeholder { en: "you@company.example", nl: "u@bedrijf.example" }
    send_sign_in_link { en: "Send me a sign-in link", nl: "Stuur mij een inloglink" }
    sign_in_fine {
        en: "The link works once, for 15 minutes. If no account has this address, no mail is sent.",
        nl: "De link werkt één keer, 15 minuten lang. Heeft geen account dit adres, dan gaat er geen mail uit."
    }
    email_needed { en: "Enter your e-mail address, such as you@company.example", nl: "Vul uw e-mailadres in, zoals u@bedrijf.example" }
    sign_in_link_sent(email) {
        en: "If {email} has an account, a link is on its way. It works once, for 15 minutes.",
        nl: "Heeft {email} een account, dan is er een link onderweg. Die werkt één keer, 15 minuten lang."
    }
    go_on_as(name) { en: "Go on as {name}", nl: "Verder als {name}" }
    link_invalid {
        en: "This link no longer works: it was used, or it has expired. Ask for a new one here.",
        nl: "Deze link werkt niet meer: hij is gebruikt of verlopen. Vraag hier een nieuwe aan."
    }
    be_one_of_these { en: "Be one of these people", nl: "Wees een van deze mensen" }
    only_in_this_demo { en: "Only in this demo", nl: "Alleen in deze demo" }
    demo_fine {
        en: "Their changes are real here, and shared with whoever tries the demo.",
        nl: "Hun wijzigingen zijn hier echt, en gedeeld met wie de demo ook probeert."
    }
    demo_mail { en: "Read the demo’s mail", nl: "Lees de mail van de demo" }
    demo_provider { en: "The provider: every agency, every role", nl: "De aanbieder: elk bureau, elke rol" }
    demo_agency(environments) {
        en: "An agency: {environments} environments and their users",
        nl: "Een bureau: {environments} omgevingen en hun gebruikers"
    }
    demo_environment { en: "One environment, and nothing of the others", nl: "Eén omgeving, en niets van de andere" }
    demo_nobody { en: "Answers chats; manages nobody", nl: "Beantwoordt chats; beheert niemand" }
    roles_at(roles, node) { en: "{roles}, {node}", nl: "{roles}, {node}" }
    language { en: "Language", nl: "Taal" }
    theme { en: "Theme", nl: "Thema" }
    theme_system { en: "As the system", nl: "Zoals het systeem" }
    theme_light { en: "Light", nl: "Licht" }
    theme_dark { en: "Dark", nl: "Donker" }

    // The studio around the page
    environment { en: "Environment", nl: "Omgeving" }
    all_environments { en: "All environments", nl: "Alle omgevingen" }
    account_of(name) { en: "Account of {name}", nl: "Account van {name}" }
    sign_out { en: "Sign out", nl: "Uitloggen" }
    section_heading(section) { en: "Your studio shows its {section} here", nl: "Uw studio toont hier {section}" }
    section_lead {
        en: "This page runs on its own, without one. The users and their rights are real, and this is what yours come to.",
        nl: "Deze pagina draait op zichzelf, zonder studio. De gebruikers en hun rechten zijn echt, en dit is wat u kunt."
    }
    in_node_you_can(node) { en: "In {node} you can", nl: "In {node} kunt u" }
    by_roles(roles) { en: "by {roles}", nl: "door {roles}" }
    needs_roles(roles) { en: "Needs {roles}", nl: "Vraagt {roles}" }
    be_notified { en: "Be notified of new chats", nl: "Meldingen van nieuwe chats krijgen" }
    notified_ok(roles) { en: "{roles} is assigned here itself", nl: "{roles} is hier zelf toegewezen" }
    notified_only_inherited(node) {
        en: "Only inherited from {node}: needs the role here itself",
        nl: "Alleen geërfd van {node}: vraagt de rol hier zelf"
    }
    notified_roles_bring_none(roles) { en: "Needs {roles} here itself", nl: "Vraagt hier zelf {roles}" }
    notified_not_accepted { en: "The invitation is not accepted yet", nl: "De uitnodiging is nog niet aanvaard" }
    ask_manager(node) {
        en: "Something missing? Whoever manages {node} can give it to you.",
        nl: "Mist u iets? Wie {node} beheert, kan het u geven."
    }
    yes { en: "Yes", nl: "Ja" }
    no { en: "No", nl: "Nee" }
    no_access { en: "You have no roles yet", nl: "U hebt nog geen rollen" }
    no_access_text {
        en: "Nobody has given you access to an environment. Ask whoever invited you.",
        nl: "Niemand heeft u toegang tot een omgeving gegeven. Vraag het wie u heeft uitgenodigd."
    }
    manages_nobody { en: "You manage nobody", nl: "U beheert niemand" }
    manages_nobody_text {
        en: "Users are seen by organisation managers and administrators. None of your roles is one of these.",
        nl: "Gebruikers worden gezien door organisatiebeheerders en beheerders. Geen van uw rollen is er zo een."
    }
    page_not_found { en: "Page not found", nl: "Pagina niet gevonden" }
    page_not_found_text { en: "Nothing stands at this address.", nl: "Er staat niets op dit adres." }
    to_start { en: "To the start", nl: "Naar het begin" }

    // Users
    users { en: "Users", nl: "Gebruikers" }
    at_least(number) { en: "{number}+", nl: "{number}+" }
    search_users { en: "Search users", nl: "Gebruikers zoeken" }
    search_placeholder { en: "Search name or e-mail", nl: "Zoek op naam of e-mail" }
    name { en: "Name", nl: "Naam" }
    status { en: "Status", nl: "Status" }
    roles { en: "Roles", nl: "Rollen" }
    environments { en: "Environments", nl: "Omgevingen" }
    last_active { en: "Last active", nl: "Laatst actief" }
    created { en: "Created", nl: "Aangemaakt" }
    active { en: "Active", nl: "Actief" }
    invited { en: "Invited", nl: "Uitgenodigd" }
    expired { en: "Expired", nl: "Verlopen" }
    you { en: "You", nl: "U" }
    never { en: "Never", nl: "Nooit" }
    now { en: "Now", nl: "Nu" }
    today_at(time) { en: "Today, {time}", nl: "Vandaag, {time}" }
    inherited { en: "(inherited)", nl: "(geërfd)" }
    more(number) { en: "{number} more", nl: "nog {number}" }
    invited_by_you { en: "Invited by you", nl: "Door u uitgenodigd" }
    invited_by(name) { en: "Invited by {name}", nl: "Uitgenodigd door {name}" }
    invitation { en: "Invited", nl: "Uitgenodigd" }
    invitation_days_left(who, days) { en: "{who}, {days} days left", nl: "{who}, nog {days} dagen" }
    invitation_one_day_left(who) { en: "{who}, one day left", nl: "{who}, nog één dag" }
    invitation_ends_today(who) { en: "{who}, ends today", nl: "{who}, eindigt vandaag" }
    invitation_expired(when) { en: "Invitation expired {when}", nl: "Uitnodiging verlopen: {when}" }
    sorted_by(column, order) { en: "Sorted by {column}, {order}", nl: "Gesorteerd op {column}, {order}" }
    ascending { en: "ascending", nl: "oplopend" }
    descending { en: "descending", nl: "aflopend" }
    rows_of(from, to, total) { en: "{from}–{to} of {total}", nl: "{from}–{to} van {total}" }
    users_found(total) { en: "Users found: {total}", nl: "Gebruikers gevonden: {total}" }
    legend_direct { en: "Assigned in the environment", nl: "Toegewezen in de omgeving" }
    legend_inherited { en: "Inherited from above", nl: "Geërfd van hoger" }
    no_match { en: "No user matches", nl: "Geen gebruiker gevonden" }
    no_match_text(search) {
        en: "Nobody whom you may see has “{search}” in their name or e-mail address.",
        nl: "Niemand die u mag zien heeft “{search}” in de naam of het e-mailadres."
    }
    no_match_here { en: "Nobody has access there.", nl: "Niemand heeft daar toegang." }
    clear_search { en: "Clear the search", nl: "Zoekopdracht wissen" }
    show_all { en: "Show all users", nl: "Alle gebruikers tonen" }
    no_users { en: "Nobody here yet", nl: "Nog niemand hier" }
    no_users_text { en: "No user has access to what you manage.", nl: "Geen gebruiker heeft toegang tot wat u beheert." }

    // What can go wrong
    users_failed { en: "The users could not be loaded", nl: "De gebruikers konden niet worden geladen" }
    session_failed { en: "The studio could not be loaded", nl: "De studio kon niet worden geladen" }
    error_network {
        en: "The backend cannot be reached. Check the connection; nothing that you entered is lost.",
        nl: "De server is niet bereikbaar. Controleer de verbinding; wat u invulde is niet verloren."
    }
    error_unavailable {
        en: "The backend cannot answer at the moment. Try again shortly.",
        nl: "De server kan nu niet antwoorden. Probeer het zo nog eens."
    }
    error_answer { en: "The backend’s answer could not be understood.", nl: "Het antwoord van de server was niet te begrijpen." }
    error_signed_out { en: "You are signed out. Sign in again to go on.", nl: "U bent uitgelogd. Log opnieuw in om verder te gaan." }
    error_not_found { en: "This no longer exists, or you may no longer see it.", nl: "Dit bestaat niet meer, of u mag het niet meer zien." }
    error_refused(detail) { en: "The backend refused this: {detail}", nl: "De server weigerde dit: {detail}" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_values_holds_them_in_every_language() {
        for language in Language::ALL {
            let text = rows_of(language, "1", "40", "2,400");
            assert!(text.contains("40") && text.contains("2,400"), "{text}");
        }
    }
}
