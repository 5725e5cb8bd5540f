use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::state::use_asks;
use crate::ui::{Dialog, Shortcut, is_mac, use_keys};

const TITLE: &str = "shortcuts-title";

/// Every shortcut there is at the moment.
#[component]
pub(super) fn ShortcutsDialog() -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let keys = use_keys();
    let are_on = keys.are_on;
    let is_mac = is_mac();
    let rows = move || {
        let row = |shortcut: Shortcut| {
            // Those with a modifier cannot be typed by mistake: they are always on.
            let is_off = !shortcut.key.starts_with("Mod+") && !are_on.get();
            let caps =
                shortcut.caps(is_mac).into_iter().map(|cap| view! { <kbd class="kbd">{cap}</kbd> " " });
            view! {
                <div class="shortcuts__row" data-off=is_off.then_some("")>
                    <dt>{caps.collect_view()}</dt>
                    <dd>
                        {shortcut.does}
                        {is_off
                            .then(|| {
                                view! { <span class="visually-hidden">" (" {messages::shortcut_off(language)} ")"</span> }
                            })}
                    </dd>
                </div>
            }
        };
        keys.known().into_iter().map(row).collect_view()
    };
    view! {
        <Dialog label_id=TITLE class="confirm" light=true on_close=move |()| asks.close()>
            <div class="confirm__body">
                <h2 class="dialog__title" id=TITLE>
                    {messages::keyboard_shortcuts(language)}
                </h2>
                <dl class="shortcuts">{rows}</dl>
                <label class="shortcuts__switch">
                    <input
                        class="checkbox"
                        type="checkbox"
                        role="switch"
                        aria-describedby="shortcuts-hint"
                        prop:checked=are_on
                        on:change=move |event| are_on.set(event_target_checked(&event))
                    />
                    <span>{messages::single_keys(language)}</span>
                </label>
                <p class="hint" id="shortcuts-hint">
                    {messages::single_keys_hint(language)}
                </p>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" autofocus on:click=move |_| asks.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}
