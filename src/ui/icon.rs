use leptos::prelude::*;

/// A drawing on a grid of 16, in the colour of the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A building.
    Agency,
    /// A warning triangle.
    Alert,
    /// Bars.
    Analytics,
    /// An arrow downwards.
    ArrowDown,
    /// An arrow onwards.
    ArrowRight,
    /// A tick.
    Check,
    /// Opens downwards.
    ChevronDown,
    /// A document.
    Cms,
    /// A contact card.
    Crm,
    /// A tray.
    Inbox,
    /// An arrow from above.
    Inherit,
    /// Layers.
    Layers,
    /// A lock.
    Lock,
    /// An envelope.
    Mail,
    /// Three lines.
    Menu,
    /// A calendar.
    Planning,
    /// An arrow back.
    Reset,
    /// A magnifying glass.
    Search,
    /// A nut.
    Settings,
    /// People.
    Users,
    /// A way out.
    Exit,
    /// The studio's own sign.
    Logo,
}

/// Shows a glyph. It is decoration: the words beside it, or the name of the control around it, say the same.
#[component]
pub fn Icon(
    /// What to draw.
    glyph: Glyph,
    /// Whether it is drawn at 12 px, beside small text.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <svg
            class=if small { "icon icon--small" } else { "icon" }
            viewBox="0 0 16 16"
            aria-hidden="true"
            data-mirror=glyph.is_directional().then_some("")
            inner_html=glyph.shapes()
        ></svg>
    }
}

impl Glyph {
    /// Whether it points along the text, and so the other way in languages written from the right.
    const fn is_directional(self) -> bool {
        matches!(self, Self::ArrowRight | Self::Inherit | Self::Exit)
    }

    const fn shapes(self) -> &'static str {
        match self {
            Self::Agency => {
                r#"<path d="M3.25 13.75v-10a1.5 1.5 0 0 1 1.5-1.5h4a1.5 1.5 0 0 1 1.5 1.5v10M10.25 6.75h1.5a1.5 1.5 0 0 1 1.5 1.5v5.5M1.75 13.75h12.5M5.75 5.25h2M5.75 8h2M5.75 10.75h2"/>"#
            }
            Self::Alert => {
                r#"<path d="M6.9 2.9a1.27 1.27 0 0 1 2.2 0l4.6 8.4a1.27 1.27 0 0 1-1.1 1.95H3.4a1.27 1.27 0 0 1-1.1-1.95zM8 6v3M8 11.2v.05"/>"#
            }
            Self::Analytics => r#"<path d="M2.25 13.25h11.5M4.5 10.5V8M8 10.5V3.25M11.5 10.5V5.75"/>"#,
            Self::ArrowDown => r#"<path d="M8 3.25v9.5M11.75 9 8 12.75 4.25 9"/>"#,
            Self::ArrowRight => r#"<path d="M3.25 8h9.5M9 4.25 12.75 8 9 11.75"/>"#,
            Self::Check => r#"<path d="m3.5 8.5 3 3 6-7"/>"#,
            Self::ChevronDown => r#"<path d="M4.25 6.25 8 10l3.75-3.75"/>"#,
            Self::Cms => {
                r#"<path d="M9.25 2.25h-4.5a1.5 1.5 0 0 0-1.5 1.5v8.5a1.5 1.5 0 0 0 1.5 1.5h6.5a1.5 1.5 0 0 0 1.5-1.5v-6.5zM9.25 2.25v3.5h3.5M5.75 8.5h4.5M5.75 11h2.5"/>"#
            }
            Self::Crm => {
                r#"<rect x="2.25" y="3.25" width="11.5" height="9.5" rx="1.5"/><circle cx="6" cy="6.75" r="1.25"/><path d="M4 10.5c.3-.9 1.05-1.4 2-1.4s1.7.5 2 1.4M10.25 6.5h1M10.25 9h1"/>"#
            }
            Self::Inbox => {
                r#"<path d="M2.25 8.75h3.1l1 2h3.3l1-2h3.1M4.05 3.2a1.5 1.5 0 0 1 1.4-.95h5.1a1.5 1.5 0 0 1 1.4.95l1.8 5.3v3.75a1.5 1.5 0 0 1-1.5 1.5h-8.5a1.5 1.5 0 0 1-1.5-1.5V8.5z"/>"#
            }
            Self::Inherit => r#"<path d="M3.5 2.75V7.5a2 2 0 0 0 2 2H13M9.75 6.25 13 9.5l-3.25 3.25"/>"#,
            Self::Layers => r#"<path d="m8 2.25 6 3.25-6 3.25-6-3.25zM2.25 9.25 8 12.5l5.75-3.25"/>"#,
            Self::Lock => {
                r#"<rect x="3.25" y="7.25" width="9.5" height="6.5" rx="1.5"/><path d="M5.25 7.25V5a2.75 2.75 0 0 1 5.5 0v2.25"/>"#
            }
            Self::Mail => {
                r#"<rect x="1.75" y="3.25" width="12.5" height="9.5" rx="1.5"/><path d="M2.25 4.5 8 8.75l5.75-4.25"/>"#
            }
            Self::Menu => r#"<path d="M2.75 4.5h10.5M2.75 8h10.5M2.75 11.5h10.5"/>"#,
            Self::Planning => {
                r#"<rect x="2.25" y="3.25" width="11.5" height="10.5" rx="1.5"/><path d="M2.25 6.75h11.5M5.25 1.75v3M10.75 1.75v3"/>"#
            }
            Self::Reset => r#"<path d="M2.75 6.25h6.5a3.5 3.5 0 0 1 0 7h-2.5M5.75 3.25l-3 3 3 3"/>"#,
            Self::Search => r#"<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>"#,
            Self::Settings => {
                r#"<path d="m8 1.75 5.4 3.1v6.3L8 14.25l-5.4-3.1v-6.3z"/><circle cx="8" cy="8" r="2"/>"#
            }
            Self::Users => {
                r#"<circle cx="6" cy="5.25" r="2.5"/><path d="M1.75 13.25c.2-2.4 1.9-4 4.25-4s4.05 1.6 4.25 4M10.75 2.9a2.5 2.5 0 0 1 0 4.7M12.1 9.6c1.3.65 2.05 1.9 2.15 3.65"/>"#
            }
            Self::Exit => {
                r#"<path d="M6.25 2.75h-2a1.5 1.5 0 0 0-1.5 1.5v7.5a1.5 1.5 0 0 0 1.5 1.5h2M10.25 5l3 3-3 3M13 8H6.5"/>"#
            }
            Self::Logo => r#"<path d="M3.5 12.25v-8.5l9 8.5v-8.5"/>"#,
        }
    }
}
