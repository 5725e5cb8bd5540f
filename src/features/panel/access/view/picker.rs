use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use studio_users_domain::{Denial, Role, RoleSet};

use super::gain_and_loss::GainAndLoss;
use super::role_chip::{RoleChip, render_chip};
use crate::features::panel::access::model::outcome::Outcome;
use crate::features::panel::access::store::{AccessStore, with_draft};
use crate::i18n::folding::{SearchWords, fold};
use crate::i18n::{isolated, messages, use_language};
use crate::reactive::memo;
use crate::state::{Navigation, Route};
use crate::ui::{Glyph, Icon, Popover, active_element, focusable, pressed_key, use_popover_close};

/// A button that opens a popover to choose the roles at a node.
#[component]
pub(crate) fn RolePicker(access: AccessStore, position: usize, name: Memo<String>) -> impl IntoView {
    let language = use_language();
    view! {
        <Popover
            name=Signal::derive(move || messages::change_roles_in(language, &name.get()))
            label=Signal::derive(move || messages::roles_in(language, &name.get()))
            class="icon-button"
            button=ViewFn::from(|| view! { <Icon glyph=Glyph::Pencil /> })
            at_end=true
            panel="option-picker"
        >
            <RoleChoices access position name />
        </Popover>
    }
}

/// The choices in the popover: inherit, or any roles.
#[component]
fn RoleChoices(access: AccessStore, position: usize, name: Memo<String>) -> impl IntoView {
    let language = use_language();
    let close = use_popover_close();
    let search = RwSignal::new(String::new());
    let list = NodeRef::<html::Div>::new();
    let matching_roles = move || {
        let words = SearchWords::of(&search.read());
        let matches_search =
            |role: &Role| words.match_any(&[role.name(language), role.description(language)].map(fold));
        Role::all().filter(matches_search).collect::<Vec<_>>()
    };
    // The arrow keys move the focus between the choices, as in a list. Tab does too.
    let on_keydown = move |event: KeyboardEvent| {
        let step = match pressed_key(&event).as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        let Some(list) = list.get_untracked() else { return };
        let (choices, active) = (focusable(&list), active_element(&list));
        let here = choices.iter().position(|choice| Some(choice) == active.as_ref());
        let to = here.map_or(Some(0), |here| here.checked_add_signed(step));
        if let Some(choice) = to.and_then(|to| choices.get(to)) {
            event.prevent_default();
            let _ = choice.focus();
        }
    };
    let roles = expect_context::<Navigation>().url(&Route::Roles);
    view! {
        <div class="option-picker__content" node_ref=list on:keydown=on_keydown>
            <label class="option-picker__search">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    autofocus
                    placeholder=move || messages::roles_in(language, &name.get())
                    aria-label=messages::search_roles(language)
                    autocomplete="off"
                    maxlength="100"
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </label>
            <div class="option-picker__list">
                <InheritChoice access position />
            </div>
            <div class="option-picker__list" role="group" aria-label=messages::roles(language)>
                <For each=matching_roles key=|role| *role let:role>
                    <RoleChoice access position role />
                </For>
            </div>
        </div>
        <div class="option-picker__foot">
            <StagedOutcome access position />
            {roles
                .map(|href| view! { <a class="link" href=href target="_blank">{messages::compare_roles(language)}</a> })}
            <button class="button button--small" type="button" on:click=move |_| close.run(())>
                {messages::done(language)}
            </button>
        </div>
    }
}

/// The choice to inherit instead of having roles of its own.
#[component]
fn InheritChoice(access: AccessStore, position: usize) -> impl IntoView {
    let language = use_language();
    let from = memo(move |_| {
        with_draft(access, |draft| {
            let here = draft.after(position);
            let from = here.inherited_from.filter(|_| !here.inherited.is_empty())?;
            Some((draft.organisation.name_of(from).to_owned(), here.inherited))
        })
    });
    let is_chosen = memo(move |_| with_draft(access, |draft| draft.after(position).assigned.is_none()));
    let label = move || match from.get() {
        Some((name, _)) => messages::inherit_from(language, &isolated(&name)),
        None => messages::no_roles(language).into(),
    };
    let chips = move || {
        let (source, roles) = from.get()?;
        let chips = roles.iter().map(|role| {
            let role_chip = RoleChip { role, is_inherited: true, change: None };
            render_chip(language, role_chip, &source)
        });
        Some(view! { <span class="chips">{chips.collect_view()}</span> })
    };
    view! {
        <button
            class="choice choice--line"
            type="button"
            aria-pressed=move || is_chosen.get().to_string()
            on:click=move |_| access.stage(position, None)
        >
            <Icon glyph=Glyph::Reset />
            <span>{label}</span>
            {chips}
        </button>
    }
}

/// The checkbox of one role. If the current user may not change it, the reason replaces the description.
#[component]
fn RoleChoice(access: AccessStore, position: usize, role: Role) -> impl IntoView {
    let language = use_language();
    let field = NodeRef::<html::Input>::new();
    let is_assigned =
        memo(move |_| with_draft(access, |draft| draft.after(position).effective.contains(role)));
    let toggled = move || -> Option<(RoleSet, Option<Denial>)> {
        with_draft(access, |draft| {
            let roles = draft.toggled(position, role);
            Some((roles, draft.may_save(&draft.staged_with(position, Some(roles))).err()))
        })
    };
    let denial = memo(move |_| toggled().and_then(|(_, denial)| denial));
    let on_change = move |_| {
        if let Some((roles, None)) = untrack(toggled) {
            access.stage(position, Some(roles));
        }
        // Resets the checkbox if the change was not accepted.
        if let Some(field) = field.get_untracked() {
            field.set_checked(is_assigned.get_untracked());
        }
    };
    let (name_id, text_id) =
        (format!("role-{}", role.wire_name()), format!("role-{}-text", role.wire_name()));
    let text = move || match denial.get() {
        None => view! { <span class="choice__text">{role.description(language)}</span> }.into_any(),
        Some(denial) => view! {
            <span class="choice__text choice__reason">
                <Icon glyph=Glyph::Lock small=true />
                <span>{denial.message(language)}</span>
            </span>
        }
        .into_any(),
    };
    view! {
        <label class="choice" data-locked=move || denial.get().map(|_| "")>
            <input
                class="checkbox"
                type="checkbox"
                node_ref=field
                prop:checked=move || is_assigned.get()
                aria-labelledby=name_id.clone()
                aria-describedby=text_id.clone()
                aria-disabled=move || denial.get().map(|_| "true")
                on:change=on_change
            />
            <span>
                <span id=name_id>{role.name(language)}</span>
                <span id=text_id>{text}</span>
            </span>
        </label>
    }
}

/// Shows what the staged changes gain and lose at this node.
#[component]
fn StagedOutcome(access: AccessStore, position: usize) -> impl IntoView {
    let language = use_language();
    let outcome = memo(move |_| {
        with_draft(access, |draft| {
            let effect =
                draft.change.effects(draft.organisation.tree()).find(|effect| effect.position == position);
            effect.map(|effect| Outcome {
                gained: effect.gained,
                lost: effect.lost,
                starts_notifying: draft.has_joined && effect.is_notified && !effect.was_notified,
                stops_notifying: draft.has_joined && effect.was_notified && !effect.is_notified,
            })
        })
    });
    view! {
        <span class="option-picker__summary" role="status">
            {move || match outcome.get() {
                None => view! { <span class="hint">{messages::no_changes(language)}</span> }.into_any(),
                Some(outcome) => view! { <GainAndLoss outcome /> }.into_any(),
            }}
        </span>
    }
}
