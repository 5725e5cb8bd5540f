use leptos::prelude::*;
use studio_users_domain::{CapabilitySet, Section};

use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon};

/// Returns the icon of a section.
pub const fn section_glyph(section: Section) -> Glyph {
    match section {
        Section::Inbox => Glyph::Inbox,
        Section::Crm => Glyph::Crm,
        Section::Cms => Glyph::Cms,
        Section::Analytics => Glyph::Analytics,
        Section::Planning => Glyph::Planning,
        Section::Settings => Glyph::Settings,
        Section::Backups => Glyph::Reset,
        Section::Environments => Glyph::Layers,
        Section::Users => Glyph::Users,
    }
}

/// A miniature of the studio as a user would see it, with visible and hidden sections.
#[component]
pub fn MiniStudio(
    /// The name of the node.
    #[prop(into)]
    title: Signal<String>,
    /// The user's capabilities at the node.
    #[prop(into)]
    capabilities: Signal<CapabilitySet>,
    /// The accessible name of the list of sections.
    label: &'static str,
) -> impl IntoView {
    let language = use_language();
    let sections = move || {
        let capabilities = capabilities.get();
        let first = Section::all().find(|section| section.is_visible_with(capabilities));
        let item = |section: Section| {
            let is_hidden = !section.is_visible_with(capabilities);
            view! {
                <li
                    class="mini-studio__item"
                    data-current=(first == Some(section)).then_some("")
                    data-hidden=is_hidden.then_some("")
                >
                    <Icon glyph=section_glyph(section) />
                    {section.name(language)}
                    {is_hidden
                        .then(|| {
                            view! {
                                <span class="visually-hidden">{messages::section_hidden(language)}</span>
                                <Icon glyph=Glyph::EyeOff small=true />
                            }
                        })}
                </li>
            }
        };
        Section::all().map(item).collect_view()
    };
    view! {
        <div class="mini-studio">
            <div class="mini-studio__bar" aria-hidden="true">
                <i class="mini-studio__tile"></i>
                <bdi class="truncate">{title}</bdi>
            </div>
            <ul class="mini-studio__nav" role="list" aria-label=label>
                {sections}
            </ul>
            <div class="mini-studio__page" aria-hidden="true">
                <i></i>
                <i></i>
                <i></i>
                <i></i>
                <i></i>
                <i></i>
            </div>
        </div>
    }
}
