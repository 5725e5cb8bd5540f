use leptos::prelude::*;

use super::columns::{Choice, Column, Density, Layout};
use crate::i18n::{Language, messages, use_language};
use crate::ui::{Glyph, Icon, Popover, Segmented};

/// The menu "Columns": which columns there are, in which order, and how high rows are.
#[component]
pub(super) fn ColumnsMenu(
    /// What is chosen.
    layout: Layout,
    /// Whether the list is shown in plain pages.
    #[prop(into)]
    is_paged: Signal<bool>,
    /// Shows it so, or not.
    #[prop(into)]
    on_paged: Callback<bool>,
) -> impl IntoView {
    let language = use_language();
    let densities = vec![
        (Density::Comfortable, messages::comfortable(language).to_string()),
        (Density::Compact, messages::compact(language).to_string()),
    ];
    view! {
        <Popover
            name=messages::columns(language)
            label=Signal::stored(messages::columns(language).to_string())
            class="button toolbar__columns"
            at_end=true
            panel="columns-menu"
            button=ViewFn::from(move || {
                view! {
                    <Icon glyph=Glyph::Sliders />
                    <span class="toolbar__label">{messages::columns(language)}</span>
                }
            })
        >
            <div class="menu__heading" aria-hidden="true">
                {messages::density(language)}
            </div>
            <Segmented
                label=messages::density(language)
                choices=densities.clone()
                chosen=layout.density
                on_choose=move |density| layout.density.set(density)
            />
            <div class="menu__rule" role="separator"></div>
            <div class="menu__heading" id="columns-heading">
                {messages::columns(language)}
            </div>
            <ul class="columns-menu__list" aria-labelledby="columns-heading">
                <li class="columns-menu__item">
                    <label class="columns-menu__label">
                        <input class="checkbox" type="checkbox" checked disabled />
                        {messages::name(language)}
                    </label>
                    <span class="menu__end">{messages::always(language)}</span>
                </li>
                <For each=move || layout.choices.get() key=|choice| choice.column let:choice>
                    <Item layout choice />
                </For>
            </ul>
            <div class="menu__rule" role="separator"></div>
            <label class="columns-menu__item columns-menu__label">
                <input
                    class="checkbox"
                    type="checkbox"
                    prop:checked=is_paged
                    on:change=move |event| on_paged.run(event_target_checked(&event))
                />
                {messages::in_pages(language)}
            </label>
            <div class="menu__rule" role="separator"></div>
            <button class="menu__item" type="button" on:click=move |_| layout.reset()>
                <Icon glyph=Glyph::Reset />
                {messages::reset(language)}
            </button>
        </Popover>
    }
}

/// One column: whether it is shown, and its place.
#[component]
fn Item(
    /// What is chosen.
    layout: Layout,
    /// Which column.
    choice: Choice,
) -> impl IntoView {
    let language = use_language();
    let column = choice.column;
    let name = column_name(language, column);
    let place = Memo::new(move |_| {
        layout.choices.with(|choices| choices.iter().position(|choice| choice.column == column))
    });
    let is_shown =
        move || layout.choices.with(|choices| choices.iter().any(|c| c.column == column && c.is_shown));
    let is_last = move || layout.choices.with(|choices| place.get() == Some(choices.len() - 1));
    // At the ends a button does nothing, and keeps the focus: the reader may want to go back.
    view! {
        <li class="columns-menu__item">
            <label class="columns-menu__label">
                <input
                    class="checkbox"
                    type="checkbox"
                    prop:checked=is_shown
                    on:change=move |_| layout.toggle(column)
                />
                {name}
            </label>
            <button
                class="icon-button"
                type="button"
                aria-label=messages::move_up(language, name)
                aria-disabled=move || (place.get() == Some(0)).then_some("true")
                on:click=move |_| layout.shift(column, -1)
            >
                <Icon glyph=Glyph::ChevronUp />
            </button>
            <button
                class="icon-button"
                type="button"
                aria-label=messages::move_down(language, name)
                aria-disabled=move || is_last().then_some("true")
                on:click=move |_| layout.shift(column, 1)
            >
                <Icon glyph=Glyph::ChevronDown />
            </button>
        </li>
    }
}

/// What a column is called.
pub(super) fn column_name(language: Language, column: Column) -> &'static str {
    match column {
        Column::Status => messages::status(language),
        Column::Roles => messages::roles(language),
        Column::Environments => messages::environments(language),
        Column::LastActive => messages::last_active(language),
        Column::Created => messages::created(language),
        Column::InvitedBy => messages::invited_by_label(language),
    }
}
