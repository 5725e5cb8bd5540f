use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::state::use_dialogs;
use crate::ui::{Dialog, Shortcut, is_mac, use_keys};

const TITLE: &str = "shortcuts-title";

/// Dialog that lists the registered shortcuts and switches single-key shortcuts on or off.
#[component]
pub(super) fn ShortcutsDialog() -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let keys = use_keys();
    let single_keys_enabled = keys.single_keys_enabled;
    let is_mac = is_mac();
    let rows = move || {
        let row = |shortcut: Shortcut| {
            // Shortcuts with a modifier cannot be typed by mistake, so they are always on.
            // WCAG 2.1.4: https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts.html
            let is_off = !shortcut.key.starts_with("Mod+") && !single_keys_enabled.get();
            let keycaps =
                shortcut.keycaps(is_mac).into_iter().map(|cap| view! { <kbd class="kbd">{cap}</kbd> " " });
            view! {
                <div class="shortcuts__row" data-off=is_off.then_some("")>
                    <dt>{keycaps.collect_view()}</dt>
                    <dd>
                        {shortcut.description}
                        {is_off
                            .then(|| {
                                view! { <span class="visually-hidden">" (" {messages::switched_off(language)} ")"</span> }
                            })}
                    </dd>
                </div>
            }
        };
        keys.active().into_iter().map(row).collect_view()
    };
    view! {
        <Dialog label_id=TITLE class="confirm" light_dismiss=true on_close=move |()| dialogs.close()>
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
                        prop:checked=single_keys_enabled
                        on:change=move |event| single_keys_enabled.set(event_target_checked(&event))
                    />
                    <span>{messages::single_keys(language)}</span>
                </label>
                <p class="hint" id="shortcuts-hint">
                    {messages::single_keys_hint(language)}
                </p>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" autofocus on:click=move |_| dialogs.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}
