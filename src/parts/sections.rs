use leptos::prelude::*;
use studio_users_domain::{CapabilitySet, Section};

use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon};

/// The drawing of a section.
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

/// The studio in small, as somebody would see it: the sections that they have, and those that they do not.
#[component]
pub fn MiniStudio(
    /// Where, in words.
    #[prop(into)]
    title: Signal<String>,
    /// What they can do there.
    #[prop(into)]
    capabilities: Signal<CapabilitySet>,
    /// What the list of sections is called.
    label: &'static str,
) -> impl IntoView {
    let language = use_language();
    let sections = move || {
        let capabilities = capabilities.get();
        let first = Section::all().find(|section| section.is_seen_with(capabilities));
        let item = |section: Section| {
            let is_hidden = !section.is_seen_with(capabilities);
            view! {
                <li
                    class="mini__item"
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
        <div class="mini">
            <div class="mini__bar" aria-hidden="true">
                <i class="mini__tile"></i>
                <bdi class="truncate">{title}</bdi>
            </div>
            <ul class="mini__nav" role="list" aria-label=label>
                {sections}
            </ul>
            <div class="mini__page" aria-hidden="true">
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
