use std::ops::Range;

use futures_util::future::LocalBoxFuture;
use studio_users_contract::{UserPage, UsersQuery};
use web_sys::AbortController;

use crate::api::{ApiError, InFlight};
use crate::state::List;

/// A request for one or more pages of rows.
pub(crate) type PageRequest = InFlight<LocalBoxFuture<'static, Result<UserPage, ApiError>>>;

/// The requests for rows in flight, each with a sequence number, and at most one prefetched list.
#[derive(Default)]
pub(crate) struct RowRequests {
    last_number: u32,
    pending: Vec<PendingRequest>,
    prefetched: Option<Prefetched>,
}

struct PendingRequest {
    number: u32,
    pages: Range<usize>,
    abort: AbortController,
}

/// The request for the first page of the list that is likely to be shown next.
pub(crate) struct Prefetched {
    pub(crate) list: List,
    pub(crate) query: UsersQuery,
    pub(crate) request: PageRequest,
}

impl RowRequests {
    /// Registers a request for these pages as in flight. Returns its number.
    pub(crate) fn begin(&mut self, pages: Range<usize>, abort: AbortController) -> u32 {
        self.last_number += 1;
        self.pending.push(PendingRequest { number: self.last_number, pages, abort });
        self.last_number
    }

    /// Removes a request whose response arrived. Returns false if it was aborted before.
    pub(crate) fn finish(&mut self, number: u32) -> bool {
        let index = self.pending.iter().position(|request| request.number == number);
        index.map(|index| self.pending.swap_remove(index)).is_some()
    }

    /// Whether a request for this page is in flight.
    pub(crate) fn is_pending(&self, page: usize) -> bool {
        self.pending.iter().any(|request| request.pages.contains(&page))
    }

    /// Aborts the requests that contain none of these pages.
    pub(crate) fn abort_outside(&mut self, pages: &Range<usize>) {
        self.pending.retain(|request| {
            let is_needed = request.pages.start < pages.end && pages.start < request.pages.end;
            if !is_needed {
                request.abort.abort();
            }
            is_needed
        });
    }

    /// Replaces the prefetched list and aborts the request of the previous one.
    pub(crate) fn set_prefetched(&mut self, next: Option<Prefetched>) {
        if let Some(previous) = std::mem::replace(&mut self.prefetched, next) {
            previous.request.abort.abort();
        }
    }

    /// Takes the prefetched request if it is for this page of this list and still fresh. Aborts it otherwise.
    pub(crate) fn take_prefetched(&mut self, list: &List, page: usize) -> Option<Prefetched> {
        let is_match = |prefetched: &mut Prefetched| {
            page == 0 && prefetched.list == *list && prefetched.request.is_fresh()
        };
        let prefetched = self.prefetched.take_if(is_match);
        self.set_prefetched(None);
        prefetched
    }
}
