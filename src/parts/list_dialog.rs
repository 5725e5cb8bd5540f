use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::state::{Fetched, explain, use_dialogs};
use crate::ui::{Dialog, ErrorAlert};

/// A dialog with a fetched list. While loading, it says so. After an error, it offers to try again.
#[component]
pub fn ListDialog<T: Send + Sync + 'static>(
    /// The id of the title.
    title_id: &'static str,
    /// The title.
    title: &'static str,
    /// The sentence below the title.
    lead: &'static str,
    /// The list.
    list: Fetched<T>,
    /// The error text if the list cannot be fetched.
    failed: &'static str,
    /// Renders the list.
    view: impl Fn(&T) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let Fetched { data, error, .. } = list;
    let error_text = move || error.get().map(|error| format!("{failed} {}", explain(language, &error)));
    let body = move || match &*data.read() {
        None if error.read().is_some() => ().into_any(),
        None => {
            view! { <p class="confirm__text" aria-busy="true">{messages::loading(language)}</p> }.into_any()
        }
        Some(data) => view(data),
    };
    view! {
        <Dialog label_id=title_id class="confirm removed" light_dismiss=true on_close=move |()| dialogs.close()>
            <div class="confirm__body">
                <header>
                    <h2 class="dialog__title" id=title_id tabindex="-1" autofocus>
                        {title}
                    </h2>
                    <p class="confirm__text">{lead}</p>
                </header>
                {body}
                <ErrorAlert message=Signal::derive(error_text) />
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <Show when=move || error.read().is_some()>
                    <button class="button" type="button" on:click=move |_| list.reload()>
                        {messages::retry(language)}
                    </button>
                </Show>
                <button class="button" type="button" on:click=move |_| dialogs.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}
