use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};
use crate::state::{DialogRequest, use_dialogs, use_notices};
use crate::ui::lazy::{LoadFuture, LoadState, Loader};
use crate::ui::{Glyph, Icon};

/// Defines a function that loads the code of a view (code splitting). Code that no other part of the page needs goes
/// into a separate WebAssembly file, one for each name after `in`:
///
/// ```ignore
/// lazy! {
///     fn dialog(row: UserRow) in dialogs {
///         view! { <CompareDialog row /> }
///     }
/// }
/// ```
///
/// Show the view with [`Lazy`]: `view! { <Lazy load=dialog with=row /> }`. A view takes exactly one value, which may be
/// `()`.
macro_rules! lazy {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident($with:tt: $type:ty) in $part:ident $body:block) => {
        $(#[$attribute])*
        $visibility fn $name() -> $crate::ui::lazy::LoadFuture<$type> {
            fn make($with: $type) -> leptos::prelude::AnyView {
                $crate::style::adopt_later();
                leptos::prelude::IntoAny::into_any($body)
            }

            #[cfg(feature = "split")]
            #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
            fn $name() -> Result<fn($type) -> leptos::prelude::AnyView, $crate::ui::lazy::LoadError> {
                Ok(make)
            }

            #[cfg(not(feature = "split"))]
            fn $name() -> std::future::Ready<Result<fn($type) -> leptos::prelude::AnyView, $crate::ui::lazy::LoadError>> {
                std::future::ready(Ok(make))
            }

            Box::pin($name())
        }
    };
}
pub(crate) use lazy;

/// A view whose code is loaded on demand. It is shown when `when` first becomes `true`, and stays from then on. If
/// loading fails, an error with a retry button is shown instead.
#[component]
pub fn Lazy<A: Clone + 'static>(
    /// The loader, defined with [`lazy!`].
    load: fn() -> LoadFuture<A>,
    /// The argument of the view.
    with: A,
    /// Whether to show the view. The code is prefetched earlier if the browser is idle.
    #[prop(into, default = Signal::stored(true))]
    when: Signal<bool>,
    /// The class of the placeholder during loading.
    #[prop(optional)]
    class: &'static str,
    /// Closes the view, for an additional button of the error.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let language = use_language();
    let loader = Loader::new(load, with);
    // Retries a failed load when the view is requested again.
    effect(move |_| {
        if when.get() {
            loader.load();
        }
    });
    loaded_view(loader, when, move |has_failed| {
        if has_failed {
            return view! { <LoadErrorMessage loader class on_close /> }.into_any();
        }
        view! {
            <div class=class aria-busy="true">
                <p class="visually-hidden" role="status">
                    {messages::loading(language)}
                </p>
            </div>
        }
        .into_any()
    })
}

/// A dialog whose code is loaded on demand: on its first request, or earlier if the browser is idle. From then on the
/// view stays and opens by itself on each request. If loading fails, a notice with a retry button is shown.
#[component]
pub fn LazyDialog(
    /// The loader, defined with [`lazy!`].
    load: fn() -> LoadFuture<()>,
    /// Whether this dialog handles a request.
    handles: fn(&DialogRequest) -> bool,
) -> impl IntoView {
    let language = use_language();
    let (dialogs, notices) = (use_dialogs(), use_notices());
    let loader = Loader::new(load, ());
    let is_requested = memo(move |_| dialogs.0.read().as_ref().is_some_and(handles));
    let view = loaded_view(loader, is_requested.into(), move |_| {
        let loading = messages::loading(language);
        view! {
            <p class="visually-hidden" role="status">
                {loading}
            </p>
        }
        .into_any()
    });
    let failed_request = StoredValue::new(None);
    let retry = Callback::new(move |()| {
        if let Some(request) = failed_request.try_update_value(Option::take).flatten() {
            dialogs.open(request);
        }
    });
    effect(move |was_requested| {
        let is_requested = is_requested.get();
        // Retries a failed load when the dialog is requested again.
        if is_requested && was_requested != Some(true) {
            loader.load();
        }
        let has_failed = is_requested && matches!(loader.state(), LoadState::Failed);
        if let Some(request) = dialogs.0.get_untracked().filter(|_| has_failed) {
            dialogs.close();
            let text = format!("{}. {}", messages::not_loaded(language), messages::not_loaded_text(language));
            failed_request.set_value(Some(request));
            notices.error_with_retry(text, messages::retry(language), retry);
        }
        is_requested && !has_failed
    });
    view
}

/// A view whose code loads when the browser is idle, or once `when` is `true`. Nothing is shown until then, nor if
/// loading fails.
#[component]
pub fn LazyIdle(
    /// The loader, defined with [`lazy!`].
    load: fn() -> LoadFuture<()>,
    /// Whether the view is needed now. Retries a failed load.
    #[prop(into)]
    when: Signal<bool>,
) -> impl IntoView {
    let loader = Loader::new(load, ());
    effect(move |_| {
        if when.get() {
            loader.load();
        }
    });
    move || match loader.state() {
        LoadState::Ready(make) => Some(untrack(|| make())),
        _ => None,
    }
}

/// Returns the view after its first request, once it is loaded. Until then `fallback` renders the loading state, or the
/// failure for `true`.
fn loaded_view(
    loader: Loader,
    when: Signal<bool>,
    fallback: impl Fn(bool) -> AnyView + Copy + Send + 'static,
) -> impl IntoView {
    let was_requested = memo(move |before| before == Some(&true) || when.get());
    move || {
        was_requested.get().then(|| {
            // Code that is loaded already renders without a fallback.
            loader.load();
            move || match loader.state() {
                LoadState::Ready(make) => Some(untrack(|| make())),
                state => when.get().then(|| fallback(matches!(state, LoadState::Failed))),
            }
        })
    }
}

/// The error for a view whose code could not be loaded.
#[component]
fn LoadErrorMessage(loader: Loader, class: &'static str, on_close: Option<Callback<()>>) -> impl IntoView {
    let language = use_language();
    let close = on_close.map(|on_close| {
        view! {
            <button class="button" type="button" on:click=move |_| on_close.run(())>
                {messages::close(language)}
            </button>
        }
    });
    view! {
        <div class=class>
            <div class="empty" role="alert">
                <span class="empty__icon" data-error="">
                    <Icon glyph=Glyph::Alert />
                </span>
                <p class="empty__title">{messages::not_loaded(language)}</p>
                <p class="empty__text">{messages::not_loaded_text(language)}</p>
                <div class="empty__actions">
                    <button class="button" type="button" on:click=move |_| loader.load()>
                        {messages::retry(language)}
                    </button>
                    {close}
                </div>
            </div>
        </div>
    }
}
