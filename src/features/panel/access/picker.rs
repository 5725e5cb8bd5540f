use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use studio_users_domain::{Denial, Role, RoleSet};

use super::difference::Outcome;
use super::gain_and_loss::GainAndLoss;
use super::node::{Mark, chip};
use super::store::AccessStore;
use super::tab::of_picture;
use crate::i18n::{isolated, letters, messages, use_language};
use crate::state::{Navigation, Place};
use crate::ui::{Glyph, Icon, Popover, active_element, focusable, use_popover_close};

/// A button that opens the roles of a node to choose from.
#[component]
pub(super) fn RolePicker(
    /// The access.
    access: AccessStore,
    /// Which node.
    at: usize,
    /// What it is called.
    name: Memo<String>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <Popover
            name=Signal::derive(move || messages::change_roles_in(language, &name.get()))
            label=Signal::derive(move || messages::roles_in(language, &name.get()))
            class="icon-button"
            button=ViewFn::from(|| view! { <Icon glyph=Glyph::Pencil /> })
            at_end=true
            panel="choose"
        >
            <Choices access at name />
        </Popover>
    }
}

/// What can be chosen: to inherit, or roles.
#[component]
fn Choices(
    /// The access.
    access: AccessStore,
    /// Which node.
    at: usize,
    /// What it is called.
    name: Memo<String>,
) -> impl IntoView {
    let language = use_language();
    let close = use_popover_close();
    let search = RwSignal::new(String::new());
    let list = NodeRef::<html::Div>::new();
    let found = move || {
        let search = letters::small(search.get().trim());
        let is_found = |role: &Role| {
            let words = [role.name(language), role.description(language)];
            words.iter().any(|words| letters::small(words).contains(&search))
        };
        Role::all().filter(is_found).collect::<Vec<_>>()
    };
    // Up and down lead from choice to choice, as in any list; Tab does too.
    let on_keydown = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
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
    let roles = expect_context::<Navigation>().address(&Place::Roles);
    view! {
        <div class="choose__all" node_ref=list on:keydown=on_keydown>
            <label class="choose__search">
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
            <div class="choose__list">
                <Inherit access at />
            </div>
            <div class="choose__list" role="group" aria-label=messages::roles(language)>
                <For each=found key=|role| *role let:role>
                    <Choice access at role />
                </For>
            </div>
        </div>
        <div class="choose__foot">
            <Meaning access at />
            {roles
                .map(|href| view! { <a class="link" href=href target="_blank">{messages::compare_roles(language)}</a> })}
            <button class="button button--small" type="button" on:click=move |_| close.run(())>
                {messages::done(language)}
            </button>
        </div>
    }
}

/// The choice to have no roles of the node's own.
#[component]
fn Inherit(
    /// The access.
    access: AccessStore,
    /// Which node.
    at: usize,
) -> impl IntoView {
    let language = use_language();
    let from = Memo::new(move |_| {
        of_picture(access, |picture| {
            let here = picture.after(at);
            let from = here.inherited_from.filter(|_| !here.inherited.is_empty())?;
            Some((picture.organisation.name_of(from).to_owned(), here.inherited))
        })
    });
    let is_chosen = Memo::new(move |_| of_picture(access, |picture| picture.after(at).assigned.is_none()));
    let words = move || match from.get() {
        Some((name, _)) => messages::inherit_from(language, &isolated(&name)),
        None => messages::no_roles_here(language).into(),
    };
    let chips = move || {
        let (source, roles) = from.get()?;
        let chips = roles.iter().map(|role| {
            let mark = Mark { role, is_inherited: true, change: None };
            chip(language, mark, &source)
        });
        Some(view! { <span class="chips">{chips.collect_view()}</span> })
    };
    view! {
        <button
            class="choice choice--line"
            type="button"
            aria-pressed=move || is_chosen.get().to_string()
            on:click=move |_| access.stage(at, None)
        >
            <Icon glyph=Glyph::Reset />
            <span>{words}</span>
            {chips}
        </button>
    }
}

/// One role: given or not, and why it cannot be.
#[component]
fn Choice(
    /// The access.
    access: AccessStore,
    /// Which node.
    at: usize,
    /// The role.
    role: Role,
) -> impl IntoView {
    let language = use_language();
    let field = NodeRef::<html::Input>::new();
    let is_given =
        Memo::new(move |_| of_picture(access, |picture| picture.after(at).effective.contains(role)));
    let toggled = move || -> Option<(RoleSet, Option<Denial>)> {
        of_picture(access, |picture| {
            let roles = picture.toggled(at, role);
            Some((roles, picture.judge(&picture.staged_with(at, Some(roles))).err()))
        })
    };
    let denial = Memo::new(move |_| toggled().and_then(|(_, denial)| denial));
    let on_change = move |_| {
        if let Some((roles, None)) = untrack(toggled) {
            access.stage(at, Some(roles));
        }
        // What was not taken over is not shown as if it were.
        if let Some(field) = field.get_untracked() {
            field.set_checked(is_given.get_untracked());
        }
    };
    let (name_id, text_id) =
        (format!("role-{}", role.wire_name()), format!("role-{}-text", role.wire_name()));
    let text = move || match denial.get() {
        None => view! { <span class="choice__text">{role.description(language)}</span> }.into_any(),
        Some(denial) => view! {
            <span class="choice__text choice__why">
                <Icon glyph=Glyph::Lock small=true />
                <span>{denial.sentence(language)}</span>
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
                prop:checked=move || is_given.get()
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

/// What is staged means to the user at this node.
#[component]
fn Meaning(
    /// The access.
    access: AccessStore,
    /// Which node.
    at: usize,
) -> impl IntoView {
    let language = use_language();
    let outcome = Memo::new(move |_| {
        of_picture(access, |picture| {
            let effect = picture.change.effects(picture.organisation.tree()).find(|effect| effect.at == at);
            effect.map(|effect| Outcome {
                gained: effect.gained,
                lost: effect.lost,
                begins: picture.has_joined && effect.is_notified && !effect.was_notified,
                ends: picture.has_joined && effect.was_notified && !effect.is_notified,
            })
        })
    });
    view! {
        <span class="choose__meaning" role="status">
            {move || match outcome.get() {
                None => view! { <span class="hint">{messages::nothing_changes(language)}</span> }.into_any(),
                Some(outcome) => view! { <GainAndLoss outcome /> }.into_any(),
            }}
        </span>
    }
}
