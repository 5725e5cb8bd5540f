//! The page of an invitation link: the inviter, the nodes and the roles. Opening the page changes nothing; joining
//! takes a click.
//!
//! `token` keeps the link's token across a reload and across signing in. `model` decides who joins, without side
//! effects.

mod form;
mod join_preview;
mod model;
mod page;
mod sign_in_required;
mod token;

use leptos::prelude::*;

use crate::parts::lazy;
use page::JoinPage;
pub(super) use token::JoinToken;

lazy! {
    /// Loads the page of an invitation link.
    pub(super) fn join(token: JoinToken) in studio {
        view! { <JoinPage token /> }
    }
}
