//! The page of an invitation's link: who invites, to what, as what. Opening it changes nothing; joining takes a click.
//!
//! `token` keeps the link's token, through a reload and through signing in; `model` says who joins and is pure.

mod form;
mod model;
mod page;
mod side;
mod sign_in_first;
mod token;

use leptos::prelude::*;

use crate::parts::lazy;
use page::JoinPage;
pub(super) use token::JoinToken;

lazy! {
    /// The page.
    pub(super) fn join(token: JoinToken) in studio {
        view! { <JoinPage token /> }
    }
}
