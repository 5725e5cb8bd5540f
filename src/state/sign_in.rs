use std::sync::Arc;

use futures_util::future::join;
use leptos::prelude::*;

use super::{Identity, Reader, SessionEnded, Viewing};
use crate::api::{ApiError, Client};

/// Who is signed in, as far as it is known.
#[derive(Clone)]
pub enum Known {
    /// It is asked.
    Loading,
    /// It could not be asked.
    Failed(ApiError),
    /// It is known.
    Ready(Identity),
}

/// Who is found to be signed in by now, where somebody was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nobody.
    Nobody,
    /// The same person.
    Same,
    /// Another, or the first: nothing of whoever was before is kept, and all is to be asked anew.
    Another,
}

/// Who is signed in at a backend, and whether they view as somebody: what a page shows, the standalone one as well as a
/// host's element.
#[derive(Clone, Copy)]
pub struct SignIn {
    /// Who is.
    pub known: RwSignal<Known>,
    /// Whether their session has ended: they sign in again to go on.
    pub is_over: RwSignal<bool>,
    /// Told by the feature when its calls find no session any more.
    pub ended: SessionEnded,
    /// Whether this tab views as somebody.
    pub viewing: Viewing,
    client: StoredValue<Client>,
}

impl SignIn {
    /// Nobody knows yet.
    pub fn new(client: Client) -> Self {
        let (known, is_over) = (RwSignal::new(Known::Loading), RwSignal::new(false));
        let ended = SessionEnded::new(move || {
            let is_signed_in = |known: &Known| matches!(known, Known::Ready(Identity::SignedIn(_)));
            if known.try_with_untracked(is_signed_in) == Some(true) {
                let _ = is_over.try_set(true);
            }
        });
        Self { known, is_over, ended, viewing: Viewing::default(), client: StoredValue::new(client) }
    }

    /// The calls as they are to be made at the moment: inside of a view, where one runs in this tab.
    pub fn client(self) -> Client {
        self.viewing.client(&self.client.get_value())
    }

    /// The calls of whoever is signed in, whatever they view.
    pub fn own_client(self) -> Client {
        self.client.get_value()
    }

    /// Who is signed in, where somebody is.
    pub fn reader(self) -> Option<Arc<Reader>> {
        self.known.try_with_untracked(|known| match known {
            Known::Ready(Identity::SignedIn(reader)) => Some(Arc::clone(reader)),
            _ => None,
        })?
    }

    /// Asks the backend who is signed in, and what they may see.
    pub async fn load(self) {
        self.viewing.resume().await;
        let client = self.client();
        // Both at once: whoever is signed in needs both.
        let known = match join(client.session(), client.nodes()).await {
            // The view turned out to be over: then all is asked anew.
            (Err(ApiError::Aborted), _) | (Ok(Some(_)), Err(ApiError::Aborted)) => return,
            (Ok(None), _) => Known::Ready(Identity::SignedOut { by_choice: false }),
            (Ok(Some(session)), Ok(nodes)) => {
                Known::Ready(Identity::SignedIn(Arc::new(Reader { session, nodes })))
            }
            (Err(error), _) | (_, Err(error)) => Known::Failed(error),
        };
        if matches!(known, Known::Ready(Identity::SignedOut { .. })) {
            self.viewing.forget();
        }
        let _ = self.known.try_set(known);
    }

    /// Asks once more what the reader may see and do. Where that fails, what was known stays.
    pub async fn refresh(self) {
        let client = self.client();
        if let (Ok(Some(session)), Ok(nodes)) = join(client.session(), client.nodes()).await {
            let reader = Arc::new(Reader { session, nodes });
            let _ = self.known.try_update(|known| {
                if let Known::Ready(Identity::SignedIn(before)) = known
                    && before.session.user.id == reader.session.user.id
                    && before.view() == reader.view()
                    && *before != reader
                {
                    *before = reader;
                }
            });
        }
    }

    /// Looks who is signed in by now. Who was before goes on where they were.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn look(self) -> Result<Found, ApiError> {
        let Some(reader) = self.reader() else { return Ok(Found::Another) };
        match self.own_client().session().await? {
            None => {
                let _ = self.is_over.try_set(true);
                Ok(Found::Nobody)
            }
            Some(session) if reader.session.user.id == session.user.id => {
                let _ = self.is_over.try_set(false);
                self.ended.renewed();
                self.refresh().await;
                Ok(Found::Same)
            }
            Some(_) => {
                self.give_up(Known::Loading);
                Ok(Found::Another)
            }
        }
    }

    /// Whoever was signed in leaves everything behind, and so does what waits for them.
    pub fn give_up(self, known: Known) {
        self.viewing.forget();
        self.ended.given_up();
        let _ = self.known.try_set(known);
        let _ = self.is_over.try_set(false);
    }
}
