//! The newest users of the demo: a varied cast, so that the first rows of the list show the product's
//! features.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::DeliveryState;
use studio_users_domain::{Role, RoleSet};

use super::organisation::{
    CITY_CLINIC, HARBOR_BANK, NORTHWIND, NodeIndex, POLDER_ENERGY, SAKURA, SANDBOX, SEOUL_MOBILITY,
    VELO_BIKES,
};
use super::person::{INVITATION_VALIDITY, Person, invitee};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The invitations whose mails did not arrive, with the answers of the mail server.
pub(super) const FAILED_MAILS: [(&str, DeliveryState, Option<&str>); 2] = [
    (
        "amelia@velobikes.example",
        DeliveryState::Refused,
        Some("550 5.1.1 <amelia@velobikes.example>: Recipient address rejected: User unknown"),
    ),
    ("jiho@seoulmobility.example", DeliveryState::GivenUp, Some("451 4.7.1 Try again later")),
];

/// The minimum age of the random users, in minutes. Every account of the cast is younger.
pub(super) const CROWD_AGE: u64 = 26 * 24 * 60;

/// A user of the cast. All times are minutes before the demo is built.
pub(super) struct CastMember {
    email: &'static str,
    created: i64,
    roles: &'static [(NodeIndex, &'static [Role])],
    profile: Option<Profile>,
}

/// The profile of a user who has accepted the invitation.
struct Profile {
    name: &'static str,
    joined: i64,
    last_active: Option<i64>,
}

/// The cast. A small demo has only the first of them.
pub(super) const CAST: [CastMember; 14] = [
    // Inherits Operator from the agency except in two environments, and so gets no chat notifications in the
    // others.
    CastMember {
        email: "zoe@northwind.example",
        created: 4 * DAY + 3 * HOUR + 12,
        roles: &[(NORTHWIND, &[Role::Operator]), (CITY_CLINIC, &[Role::Agent]), (SANDBOX, &[])],
        profile: Some(Profile { name: "Zoë van Leeuwen", joined: 4 * DAY + 26, last_active: Some(8) }),
    },
    invited("priya@harborbank.example", 2 * HOUR + 6, &[(HARBOR_BANK, &[Role::Agent])]),
    // The invitation expires in about nine hours.
    invited("tomas@polder.example", 13 * DAY + 14 * HOUR + 49, &[(POLDER_ENERGY, &[Role::ContentManager])]),
    // The invitation expired a day ago.
    invited("jonas@harborbank.example", 15 * DAY - 3 * HOUR - 8, &[(HARBOR_BANK, &[Role::Supervisor])]),
    CastMember {
        email: "aoi@harborbank.example",
        created: DAY + 2 * HOUR + 31,
        roles: &[
            (HARBOR_BANK, &[Role::Agent]),
            (VELO_BIKES, &[Role::Agent, Role::Planner]),
            (POLDER_ENERGY, &[Role::Analyst]),
        ],
        profile: Some(Profile { name: "佐藤 葵", joined: DAY + HOUR + 44, last_active: Some(38) }),
    },
    CastMember {
        email: "eleni@velobikes.example",
        created: 6 * HOUR - 17,
        roles: &[(VELO_BIKES, &[Role::Agent, Role::Planner])],
        profile: Some(Profile {
            name: "Ελένη Γεωργίου", joined: 5 * HOUR + 2, last_active: Some(21)
        }),
    },
    // Has not signed in since the invitation was accepted.
    CastMember {
        email: "mateo@polder.example",
        created: 16 * DAY + 5 * HOUR + 3,
        roles: &[(POLDER_ENERGY, &[Role::Producer])],
        profile: Some(Profile { name: "Mateo Ibáñez", joined: 15 * DAY + 19, last_active: None }),
    },
    CastMember {
        email: "gijs@northwind.example",
        created: 8 * DAY + 4 * HOUR + 40,
        roles: &[(NORTHWIND, &[Role::Analyst])],
        profile: Some(Profile {
            name: "Gijs Hofman",
            joined: 8 * DAY + 55,
            last_active: Some(DAY + 3 * HOUR),
        }),
    },
    invited(
        "amelia@velobikes.example",
        6 * DAY + HOUR + 22,
        &[(VELO_BIKES, &[Role::Operator]), (POLDER_ENERGY, &[Role::Operator])],
    ),
    CastMember {
        email: "seoyeon@harborbank.example",
        created: 2 * DAY + 5 * HOUR + 9,
        roles: &[(HARBOR_BANK, &[Role::ContentManager, Role::Producer])],
        profile: Some(Profile {
            name: "이서연",
            joined: 2 * DAY + 4 * HOUR + 1,
            last_active: Some(3 * HOUR + 4),
        }),
    },
    CastMember {
        email: "layla@clinic.example",
        created: 18 * DAY + 2 * HOUR + 14,
        roles: &[(CITY_CLINIC, &[Role::Supervisor])],
        profile: Some(Profile {
            name: "ليلى حداد",
            joined: 17 * DAY + 30,
            last_active: Some(5 * DAY + HOUR),
        }),
    },
    CastMember {
        email: "isa@harborbank.example",
        created: 21 * DAY + HOUR + 37,
        roles: &[(HARBOR_BANK, &[Role::OrganisationManager])],
        profile: Some(Profile { name: "Isa Verhoeven", joined: 21 * DAY, last_active: Some(50) }),
    },
    CastMember {
        email: "minh@sakura.example",
        created: 3 * DAY + 6 * HOUR + 28,
        roles: &[(SAKURA, &[Role::Supervisor])],
        profile: Some(Profile {
            name: "Nguyễn Minh",
            joined: 3 * DAY + 2 * HOUR,
            last_active: Some(2 * HOUR),
        }),
    },
    invited("jiho@seoulmobility.example", 17 * DAY + HOUR + 51, &[(SEOUL_MOBILITY, &[Role::Operator])]),
];

impl CastMember {
    pub(super) const fn email(&self) -> &'static str {
        self.email
    }

    pub(super) fn person(&self, now: DateTime<Utc>) -> Person {
        let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
        let assignments: Vec<(NodeIndex, RoleSet)> =
            self.roles.iter().map(|&(node, roles)| (node, roles.iter().copied().collect())).collect();
        let created_at = ago(self.created);
        let Some(profile) = &self.profile else {
            return invitee(self.email.into(), &assignments, created_at, created_at + INVITATION_VALIDITY);
        };
        Person {
            name: Some(profile.name.into()),
            email: self.email.into(),
            locale: None,
            created_at,
            joined_at: Some(ago(profile.joined)),
            last_active_at: profile.last_active.map(ago),
            assignments,
            grants: Vec::new(),
        }
    }
}

const fn invited(
    email: &'static str,
    created: i64,
    roles: &'static [(NodeIndex, &'static [Role])],
) -> CastMember {
    CastMember { email, created, roles, profile: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::people::{NAMED_USERS, People};

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    #[test]
    fn the_cast_is_newer_than_all_random_users_and_their_invitations() {
        let mut people = People::new(NOW);
        let cast = people.cast();
        let oldest = cast.clone().map(|number| people.generate(number).created_at).min().unwrap();
        for number in (NAMED_USERS.len()..cast.start).chain(cast.end..5_000) {
            let person = people.generate(number);
            assert!(person.created_at < oldest, "{}", person.email);
            for grant in person.grants {
                assert!(
                    grant.created_at < oldest && grant.created_at >= person.created_at,
                    "{}",
                    person.email
                );
                assert!(grant.created_at <= grant.expires_at - INVITATION_VALIDITY, "{}", person.email);
            }
        }
    }

    #[test]
    fn the_cast_accepts_invitations_before_they_expire_and_is_active_after_that() {
        for person in CAST.iter().map(|member| member.person(NOW)) {
            assert!(person.created_at < NOW);
            if let Some(joined_at) = person.joined_at {
                assert!((person.created_at..person.created_at + INVITATION_VALIDITY).contains(&joined_at));
                assert!(person.last_active_at.is_none_or(|at| (joined_at..NOW).contains(&at)));
            }
        }
    }
}
