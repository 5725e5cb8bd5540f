use std::ops::Range;

use futures_util::future::LocalBoxFuture;
use studio_users_contract::{UserPage, UsersQuery};
use web_sys::AbortController;

use super::model::List;
use crate::api::{ApiError, Begun};

/// Rows that have been asked for.
pub(super) type Answer = Begun<LocalBoxFuture<'static, Result<UserPage, ApiError>>>;

/// The calls for rows that are under way, each by its number among all of them.
#[derive(Default)]
pub(super) struct Calls {
    made: u32,
    under_way: Vec<Call>,
    foreseen: Option<Foreseen>,
}

struct Call {
    number: u32,
    pages: Range<usize>,
    abort: AbortController,
}

/// A list that is likely to be shown next, whose first page is asked for already.
pub(super) struct Foreseen {
    pub(super) list: List,
    pub(super) query: UsersQuery,
    pub(super) answer: Answer,
}

impl Calls {
    /// A call for these pages is under way from now on, by this number.
    pub(super) fn begin(&mut self, pages: Range<usize>, abort: AbortController) -> u32 {
        self.made += 1;
        self.under_way.push(Call { number: self.made, pages, abort });
        self.made
    }

    /// The answer to a call is there. Says whether it was still waited for.
    pub(super) fn end(&mut self, number: u32) -> bool {
        let at = self.under_way.iter().position(|call| call.number == number);
        at.map(|at| self.under_way.swap_remove(at)).is_some()
    }

    /// Whether a page is on its way.
    pub(super) fn have(&self, page: usize) -> bool {
        self.under_way.iter().any(|call| call.pages.contains(&page))
    }

    /// Gives up the calls that bring none of these pages.
    pub(super) fn keep(&mut self, pages: &Range<usize>) {
        self.under_way.retain(|call| {
            let is_needed = call.pages.start < pages.end && pages.start < call.pages.end;
            if !is_needed {
                call.abort.abort();
            }
            is_needed
        });
    }

    /// This list is likely to be shown next; none, where what was foreseen is so no longer.
    pub(super) fn foresee(&mut self, next: Option<Foreseen>) {
        if let Some(before) = std::mem::replace(&mut self.foreseen, next) {
            before.answer.abort.abort();
        }
    }

    /// What was foreseen, where it is this page of this list.
    pub(super) fn foreseen(&mut self, list: &List, page: usize) -> Option<Foreseen> {
        let is = |foreseen: &mut Foreseen| page == 0 && foreseen.list == *list && foreseen.answer.is_fresh();
        let foreseen = self.foreseen.take_if(is);
        self.foresee(None);
        foreseen
    }
}
