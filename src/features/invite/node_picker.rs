use leptos::prelude::*;

use super::node_rows::NodeRows;
use super::store::InviteStore;
use crate::i18n::{format, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, Popover};

/// The maximum number of chosen nodes named on the button.
const MAX_NAMED: usize = 3;

/// Button and popover to choose among the nodes that the current user manages.
#[component]
pub(super) fn NodePicker(
    store: InviteStore,
    /// Whether the user pressed Send. A missing node is an error only then.
    was_submitted: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let is_missing = memo(move |_| was_submitted.get() && store.nodes.read().is_empty());
    let names = memo(move |_| store.node_names(&store.nodes.read()));
    let name = Signal::derive(move || match &names.read()[..] {
        [] => messages::environments(language).to_string(),
        names => messages::environments_selected(language, &format::list_and(language, names)),
    });
    let shown = move || {
        let names = names.get();
        let others = names.len().saturating_sub(MAX_NAMED);
        let hint = if names.is_empty() {
            messages::choose_environments(language)
        } else {
            messages::add_another(language)
        };
        let tags = names.into_iter().take(MAX_NAMED).map(|name| {
            view! {
                <span class="tag">
                    <bdi class="truncate">{name}</bdi>
                </span>
            }
        });
        view! {
            {tags.collect_view()}
            {(others > 0)
                .then(|| {
                    let others = format::number(language, u32::try_from(others).unwrap_or(u32::MAX));
                    view! { <span class="tag tag--more">"+" {others}</span> }
                })}
            <span class="hint truncate">{hint}</span>
            <span class="picker__end">
                <Icon glyph=Glyph::ChevronDown />
            </span>
        }
    };
    view! {
        <div class="field" data-error=move || is_missing.get().then_some("")>
            <span class="label" aria-hidden="true">
                {messages::environments(language)}
            </span>
            <Popover
                name
                label=Signal::stored(messages::environments(language).to_string())
                class=Signal::stored("input picker".to_string())
                button=ViewFn::from(move || shown)
                panel="node-picker"
            >
                <NodeRows store />
            </Popover>
            <div role="status">
                <Show when=move || is_missing.get()>
                    <p class="field__error">
                        <Icon glyph=Glyph::Alert small=true />
                        {messages::environment_required(language)}
                    </p>
                </Show>
            </div>
        </div>
    }
}
