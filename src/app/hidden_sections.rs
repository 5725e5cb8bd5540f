use leptos::prelude::*;
use studio_users_domain::{Role, RoleSet, Section};

use crate::i18n::{Language, format, messages, use_language};
use crate::parts::section_glyph;
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, MenuItem};

/// The sections hidden from the impersonated user, each with the roles that would show it.
#[component]
pub(super) fn HiddenSections(
    /// The sections visible to the impersonated user.
    visible: Memo<Vec<Section>>,
) -> impl IntoView {
    let language = use_language();
    let hidden = memo(move |_| hidden(&visible.read()));
    view! {
        <Show when=move || !hidden.read().is_empty()>
            <div class="studio__hidden" role="group" aria-labelledby="hidden-sections-title">
                <span class="studio__hidden-label" id="hidden-sections-title">
                    <Icon glyph=Glyph::EyeOff />
                    {messages::hidden_for_user(language)}
                </span>
                <For each=move || hidden.get() key=|section| *section let:section>
                    // Focusable, so that it can explain why it is disabled.
                    <a
                        class="studio__item studio__item--hidden"
                        role="link"
                        tabindex="0"
                        aria-disabled="true"
                        aria-description=reason(language, section)
                        data-hint=reason(language, section)
                    >
                        <Icon glyph=section_glyph(section) />
                        <span>{section.name(language)}</span>
                    </a>
                </For>
            </div>
        </Show>
    }
}

/// The hidden sections as menu items, for narrow screens without the navigation rail.
#[component]
pub(super) fn HiddenSectionItems(
    /// The sections visible to the impersonated user.
    visible: Memo<Vec<Section>>,
) -> impl IntoView {
    let language = use_language();
    let hidden = memo(move |_| hidden(&visible.read()));
    view! {
        <Show when=move || !hidden.read().is_empty()>
            <div class="menu__rule" role="separator"></div>
            <div role="group" aria-label=messages::hidden_for_user(language)>
                <div class="menu__heading" aria-hidden="true">
                    {messages::hidden_for_user(language)}
                </div>
                <For each=move || hidden.get() key=|section| *section let:section>
                    <MenuItem locked=Some(reason(language, section)) on_select=|()| ()>
                        <Icon glyph=section_glyph(section) />
                        {section.name(language)}
                    </MenuItem>
                </For>
            </div>
        </Show>
    }
}

fn hidden(visible: &[Section]) -> Vec<Section> {
    Section::all().filter(|section| !visible.contains(section)).collect()
}

/// Returns the text that names the roles which show a section. Administrator is left out: it shows every section, and
/// the text should not suggest the most powerful role.
fn reason(language: Language, section: Section) -> String {
    let roles =
        section.capabilities().iter().fold(RoleSet::empty(), |all, capability| all | capability.roles());
    let names: Vec<_> = (roles - Role::Administrator).iter().map(|role| role.name(language)).collect();
    messages::section_hidden_requires(language, &format::list_or(language, &names))
}
