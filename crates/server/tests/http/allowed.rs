use studio_users_contract::{UserDetails, path};
use studio_users_domain::{Allowed, Denial};

use crate::server::{Server, path_of};

#[test]
fn each_row_says_what_the_reader_may_do_with_the_user_and_why_not() {
    let server = Server::demo("600");
    let manager = server.as_person("Maud");
    let no_link = Allowed {
        copy_link: Some(Denial::NoInvitation),
        resend: Some(Denial::NoInvitation),
        ..Allowed::default()
    };
    let own = Allowed { view_as: Some(Denial::OwnView), remove: Some(Denial::OwnRemoval), ..no_link };
    let administrator = Allowed {
        view_as: Some(Denial::ViewNeedsAdministrator),
        remove: Some(Denial::NeedsAdministrator),
        ..no_link
    };
    let expired = Allowed {
        copy_link: Some(Denial::InvitationExpired),
        view_as: Some(Denial::NothingToView),
        ..Allowed::default()
    };
    let cases = [
        ("maud@northwind.example", own),
        ("femke@harborbank.example", no_link),
        ("sanne@northwind.example", no_link),
        ("charlotte@meridian.example", administrator),
        ("lars@polder.example", Allowed::default()),
        ("kim@velobikes.example", expired),
    ];
    for (email, expected) in cases {
        let row = manager.row(email);
        assert_eq!(row.allowed, expected, "{email}");
        let details: UserDetails = manager.get(&path_of(path::USER, row.id)).json();
        assert_eq!(details.row, row, "{email}");
    }
    let administrator = server.as_person("Charlotte");
    assert_eq!(administrator.row("maud@northwind.example").allowed, no_link);
}

#[test]
fn the_only_manager_of_a_node_below_is_not_to_be_removed_from_above() {
    let server = Server::demo("40");
    let manager = server.as_person("Maud");
    assert_eq!(manager.row("sanne@northwind.example").allowed.remove, None);
    // Velo Bikes is Sanne's alone, by what she has at the agency; Maud manages the agency, and not Velo Bikes.
    server.execute(
        "DELETE FROM assignments WHERE roles & 288 <> 0
           AND user NOT IN (SELECT pk FROM users WHERE email LIKE 'charlotte@%' OR email LIKE 'maud@%');
         INSERT OR REPLACE INTO assignments
           SELECT u.pk, n.pk, 0 FROM users u, nodes n WHERE n.name = 'Velo Bikes'
             AND (u.email LIKE 'charlotte@%' OR u.email LIKE 'maud@%');
         DELETE FROM assignments WHERE user = (SELECT pk FROM users WHERE email LIKE 'sanne@%');
         INSERT INTO assignments
           SELECT u.pk, n.pk, 32 FROM users u, nodes n WHERE n.name = 'Northwind Telecom' AND u.email LIKE 'sanne@%'",
    );
    assert_eq!(manager.row("sanne@northwind.example").allowed.remove, Some(Denial::LastManager));
    // One more manager of the agency, and each of the two may go.
    server.execute(
        "UPDATE assignments SET roles = 32 WHERE user = (SELECT pk FROM users WHERE email LIKE 'astrid@%')",
    );
    assert_eq!(manager.row("sanne@northwind.example").allowed.remove, None);
    assert_eq!(manager.row("astrid@northwind.example").allowed.remove, None);
}
