use leptos::prelude::*;
use studio_users_domain::{Role, RoleSet, Section};

use crate::i18n::{Language, format, messages, use_language};
use crate::parts::section_glyph;
use crate::ui::{Glyph, Icon, MenuItem};

/// Inside a view, the sections that the viewed person does not see, and by which roles they would.
#[component]
pub(super) fn Ghosts(
    /// Those that they see.
    seen: Memo<Vec<Section>>,
) -> impl IntoView {
    let language = use_language();
    let hidden = Memo::new(move |_| hidden(&seen.read()));
    view! {
        <Show when=move || !hidden.read().is_empty()>
            <div class="studio__ghosts" role="group" aria-labelledby="ghosts-title">
                <span class="studio__ghosts-label" id="ghosts-title">
                    <Icon glyph=Glyph::EyeOff />
                    {messages::hidden_for_user(language)}
                </span>
                <For each=move || hidden.get() key=|section| *section let:section>
                    // It can be reached, and tells why it leads nowhere.
                    <a
                        class="studio__item studio__item--ghost"
                        role="link"
                        tabindex="0"
                        aria-disabled="true"
                        aria-description=why(language, section)
                        data-hint=why(language, section)
                    >
                        <Icon glyph=section_glyph(section) />
                        <span>{section.name(language)}</span>
                    </a>
                </For>
            </div>
        </Show>
    }
}

/// The same in a menu, where there is no room beside the page.
#[component]
pub(super) fn GhostItems(
    /// Those that they see.
    seen: Memo<Vec<Section>>,
) -> impl IntoView {
    let language = use_language();
    let hidden = Memo::new(move |_| hidden(&seen.read()));
    view! {
        <Show when=move || !hidden.read().is_empty()>
            <div class="menu__rule" role="separator"></div>
            <div role="group" aria-label=messages::hidden_for_user(language)>
                <div class="menu__heading" aria-hidden="true">
                    {messages::hidden_for_user(language)}
                </div>
                <For each=move || hidden.get() key=|section| *section let:section>
                    <MenuItem locked=Some(why(language, section)) on_select=|()| ()>
                        <Icon glyph=section_glyph(section) />
                        {section.name(language)}
                    </MenuItem>
                </For>
            </div>
        </Show>
    }
}

fn hidden(seen: &[Section]) -> Vec<Section> {
    Section::all().filter(|section| !seen.contains(section)).collect()
}

/// The roles by which a section is seen; an administrator sees all, so that whoever lacks one is not told to become one.
fn why(language: Language, section: Section) -> String {
    let roles =
        section.capabilities().iter().fold(RoleSet::empty(), |all, capability| all | capability.roles());
    let names: Vec<_> = (roles - Role::Administrator).iter().map(|role| role.name(language)).collect();
    messages::section_hidden_needs(language, &format::either(language, &names))
}
