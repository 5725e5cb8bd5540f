use leptos::prelude::*;

use crate::features::users::table::columns::{ColumnChoice, Density, Layout, column_name};
use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, Popover, Segmented};

/// The "Columns" menu: column visibility and order, row density and pagination.
#[component]
pub(crate) fn ColumnsMenu(
    layout: Layout,
    /// Whether the list is paged instead of scrolled.
    #[prop(into)]
    is_paginated: Signal<bool>,
    /// Switches between pages and the virtual list.
    #[prop(into)]
    on_paginate: Callback<bool>,
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
            class="button"
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
                options=densities.clone()
                selected=layout.density
                on_select=move |density| layout.density.set(density)
            />
            <div class="menu__rule" role="separator"></div>
            <div class="menu__heading" id="columns-heading">
                {messages::columns(language)}
            </div>
            <ul aria-labelledby="columns-heading">
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
                    prop:checked=is_paginated
                    on:change=move |event| on_paginate.run(event_target_checked(&event))
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

/// One column: a checkbox for its visibility and buttons that move it.
#[component]
fn Item(layout: Layout, choice: ColumnChoice) -> impl IntoView {
    let language = use_language();
    let column = choice.column;
    let name = column_name(language, column);
    let position = memo(move |_| {
        layout.choices.with(|choices| choices.iter().position(|choice| choice.column == column))
    });
    let is_shown =
        move || layout.choices.with(|choices| choices.iter().any(|c| c.column == column && c.is_shown));
    let is_last = move || layout.choices.with(|choices| position.get() == Some(choices.len() - 1));
    // Uses `aria-disabled` at the ends, because a disabled button would lose the focus.
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
                aria-disabled=move || (position.get() == Some(0)).then_some("true")
                on:click=move |_| layout.move_column(column, -1)
            >
                <Icon glyph=Glyph::ChevronUp />
            </button>
            <button
                class="icon-button"
                type="button"
                aria-label=messages::move_down(language, name)
                aria-disabled=move || is_last().then_some("true")
                on:click=move |_| layout.move_column(column, 1)
            >
                <Icon glyph=Glyph::ChevronDown />
            </button>
        </li>
    }
}
