use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::state::{Ask, use_asks, use_notices};
use crate::ui::lazy::{Code, Loader, Loading};
use crate::ui::{Glyph, Icon};

/// Makes a function that loads what makes a view. All that no other part of the page needs lies in a file of its own,
/// together with the other views of the same name behind `in`:
///
/// ```ignore
/// lazy! {
///     fn dialog(row: UserRow) in dialogs {
///         view! { <CompareDialog row /> }
///     }
/// }
/// ```
///
/// [`Lazy`] shows it: `view! { <Lazy load=dialog with=row /> }`. What a view is made of has one value; it may be `()`.
macro_rules! lazy {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident($with:tt: $type:ty) in $part:ident $body:block) => {
        $(#[$attribute])*
        $visibility fn $name() -> $crate::ui::lazy::Loading<$type> {
            fn make($with: $type) -> leptos::prelude::AnyView {
                $crate::style::adopt_later();
                leptos::prelude::IntoAny::into_any($body)
            }

            #[cfg(feature = "split")]
            #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
            fn $name() -> Result<fn($type) -> leptos::prelude::AnyView, $crate::ui::lazy::NotLoaded> {
                Ok(make)
            }

            #[cfg(not(feature = "split"))]
            fn $name() -> std::future::Ready<Result<fn($type) -> leptos::prelude::AnyView, $crate::ui::lazy::NotLoaded>> {
                std::future::ready(Ok(make))
            }

            Box::pin($name())
        }
    };
}
pub(crate) use lazy;

/// A view whose code is loaded when it is first wanted; from then on it stays. Where loading fails, that is said in its
/// place.
#[component]
pub fn Lazy<A: Clone + 'static>(
    /// Loads what makes the view: written with [`lazy!`].
    load: fn() -> Loading<A>,
    /// What the view is made of.
    with: A,
    /// Whether it is wanted. Until then it is loaded when there is time for it.
    #[prop(into, default = Signal::stored(true))]
    wanted: Signal<bool>,
    /// The class of what stands in its place until it is there.
    #[prop(optional)]
    class: &'static str,
    /// Gives it up, where there is something to go back to.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
) -> impl IntoView {
    let language = use_language();
    let loader = Loader::new(load, with);
    // Whoever wants it once more tries it once more.
    Effect::new(move |_| {
        if wanted.get() {
            loader.load();
        }
    });
    shown(loader, wanted, move |has_failed| {
        if has_failed {
            return view! { <NotLoaded loader class on_close /> }.into_any();
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

/// What is shown in a dialog of its own when it is asked for, by code that is loaded when it is first asked for. From then
/// on it stays, and shows itself by what is asked for. Where loading fails, a notice says that.
#[component]
pub fn LazyDialog(
    /// Loads what makes the view: written with [`lazy!`].
    load: fn() -> Loading<()>,
    /// Whether it is for this to answer what is asked for.
    answers: fn(&Ask) -> bool,
) -> impl IntoView {
    let language = use_language();
    let (asks, notices) = (use_asks(), use_notices());
    let loader = Loader::new(load, ());
    let is_asked = Memo::new(move |_| asks.0.read().as_ref().is_some_and(answers));
    let view = shown(loader, is_asked.into(), move |_| {
        let loading = messages::loading(language);
        view! {
            <p class="visually-hidden" role="status">
                {loading}
            </p>
        }
        .into_any()
    });
    let not_answered = StoredValue::new(None);
    let retry = Callback::new(move |()| {
        if let Some(ask) = not_answered.try_update_value(Option::take).flatten() {
            asks.ask(ask);
        }
    });
    Effect::new(move |was_asked| {
        let is_asked = is_asked.get();
        // Whoever asks once more tries once more.
        if is_asked && was_asked != Some(true) {
            loader.load();
        }
        let has_failed = is_asked && matches!(loader.code(), Code::Failed);
        if let Some(ask) = asks.0.get_untracked().filter(|_| has_failed) {
            asks.close();
            let text = format!("{}. {}", messages::not_loaded(language), messages::not_loaded_text(language));
            not_answered.set_value(Some(ask));
            notices.failed(text, messages::retry(language), retry);
        }
        is_asked && !has_failed
    });
    view
}

/// The view once it was wanted and is there. Until then, while it is wanted, what is said of whether loading failed.
fn shown(
    loader: Loader,
    wanted: Signal<bool>,
    said: impl Fn(bool) -> AnyView + Copy + Send + 'static,
) -> impl IntoView {
    let was_wanted = Memo::new(move |before| before == Some(&true) || wanted.get());
    move || {
        was_wanted.get().then(|| {
            // Where the code is there already, the view is as well.
            loader.load();
            move || match loader.code() {
                Code::Ready(make) => Some(untrack(|| make())),
                code => wanted.get().then(|| said(matches!(code, Code::Failed))),
            }
        })
    }
}

/// What stands where a view could not be loaded.
#[component]
fn NotLoaded(
    /// What loads it.
    loader: Loader,
    /// The class of what stands there.
    class: &'static str,
    /// Gives it up.
    on_close: Option<Callback<()>>,
) -> impl IntoView {
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
                <span class="empty__round" data-error="">
                    <Icon glyph=Glyph::Alert />
                </span>
                <p class="empty__title">{messages::not_loaded(language)}</p>
                <p class="empty__text">{messages::not_loaded_text(language)}</p>
                <div class="empty__ways">
                    <button class="button" type="button" on:click=move |_| loader.load()>
                        {messages::retry(language)}
                    </button>
                    {close}
                </div>
            </div>
        </div>
    }
}
