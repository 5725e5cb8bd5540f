use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::use_changes;
use crate::api::ApiError;

/// Data that a view fetches for itself, and again after each change.
#[derive(Debug)]
pub struct Fetched<T: Send + Sync + 'static> {
    /// The latest data. `None` until they arrive.
    pub data: RwSignal<Option<T>>,
    /// The reason why the latest request failed.
    pub error: RwSignal<Option<ApiError>>,
    load: Callback<()>,
}

impl<T: Send + Sync + 'static> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetched<T> {}

impl<T: Send + Sync + 'static> Fetched<T> {
    /// Sends the first request.
    pub fn new<Request>(request: impl Fn() -> Request + Send + Sync + 'static) -> Self
    where
        Request: Future<Output = Result<T, ApiError>> + 'static,
    {
        let (data, error) = (RwSignal::new(None), RwSignal::new(None));
        let load = Callback::new(move |()| {
            let response = request();
            spawn_local(async move {
                match response.await {
                    Ok(latest) => {
                        let _ = error.try_set(None);
                        let _ = data.try_set(Some(latest));
                    }
                    Err(ApiError::Aborted) => {}
                    Err(failure) => {
                        let _ = error.try_set(Some(failure));
                    }
                }
            });
        });
        let fetched = Self { data, error, load };
        fetched.reload();
        use_changes().subscribe(move |_| fetched.reload());
        fetched
    }

    /// Sends the request again. The latest data stay until its response arrives.
    pub fn reload(self) {
        let _ = self.load.try_run(());
    }
}
