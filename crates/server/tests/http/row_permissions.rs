use studio_users_contract::{UserDetails, path};
use studio_users_domain::{Allowed, Denial};

use crate::server::{Server, path_of};

#[test]
fn rows_contain_the_reasons_why_actions_are_not_allowed() {
    let server = Server::demo("600");
    let manager = server.sign_in_as("Maud");
    let no_link = Allowed {
        copy_link: Some(Denial::NoInvitation),
        resend: Some(Denial::NoInvitation),
        correct: Some(Denial::NoInvitation),
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
    let administrator = server.sign_in_as("Charlotte");
    assert_eq!(administrator.row("maud@northwind.example").allowed, no_link);
}

#[test]
fn protects_the_only_manager_of_a_node_below() {
    let server = Server::demo("40");
    let manager = server.sign_in_as("Maud");
    assert_eq!(manager.row("sanne@northwind.example").allowed.remove, None);
    // Sanne is the only manager of Velo Bikes, by inheritance. Maud manages the agency, but not Velo Bikes.
    server.execute(
        "DELETE FROM assignments WHERE roles & 288 <> 0
           AND user_pk NOT IN (SELECT pk FROM users WHERE email LIKE 'charlotte@%' OR email LIKE 'maud@%');
         INSERT INTO assignments (user_pk, node, roles)
           SELECT u.pk, n.pk, 0 FROM users u, nodes n WHERE n.name = 'Velo Bikes'
             AND (u.email LIKE 'charlotte@%' OR u.email LIKE 'maud@%')
           ON CONFLICT (user_pk, node) DO UPDATE SET roles = 0;
         DELETE FROM assignments WHERE user_pk = (SELECT pk FROM users WHERE email LIKE 'sanne@%');
         INSERT INTO assignments
           SELECT u.pk, n.pk, 32 FROM users u, nodes n WHERE n.name = 'Northwind Telecom' AND u.email LIKE 'sanne@%'",
    );
    assert_eq!(manager.row("sanne@northwind.example").allowed.remove, Some(Denial::LastManager));
    // With another manager of the agency, either of the two may be removed.
    server.execute(
        "UPDATE assignments SET roles = 32 WHERE user_pk = (SELECT pk FROM users WHERE email LIKE 'astrid@%')",
    );
    assert_eq!(manager.row("sanne@northwind.example").allowed.remove, None);
    assert_eq!(manager.row("astrid@northwind.example").allowed.remove, None);
}
