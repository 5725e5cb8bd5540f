use std::borrow::Cow;

use leptos::prelude::*;

use super::Markup;

macro_rules! glyphs {
    ($(#[doc = $doc:literal] $name:ident: $path:literal)+) => {
        /// An icon on a 16 × 16 grid, in `currentColor`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Glyph {
            $(#[doc = $doc] $name,)+
        }

        impl Glyph {
            /// Returns the SVG path data. Each icon is a single path, because parsing several elements takes longer.
            const fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)+
                }
            }
        }
    };
}

glyphs! {
    /// A building.
    Agency: "M3.25 13.75v-10a1.5 1.5 0 0 1 1.5-1.5h4a1.5 1.5 0 0 1 1.5 1.5v10M10.25 6.75h1.5a1.5 1.5 0 0 1 1.5 1.5v5.5M1.75 13.75h12.5M5.75 5.25h2M5.75 8h2M5.75 10.75h2"
    /// A warning triangle.
    Alert: "M6.9 2.9a1.27 1.27 0 0 1 2.2 0l4.6 8.4a1.27 1.27 0 0 1-1.1 1.95H3.4a1.27 1.27 0 0 1-1.1-1.95zM8 6v3M8 11.2v.05"
    /// Bars.
    Analytics: "M2.25 13.25h11.5M4.5 10.5V8M8 10.5V3.25M11.5 10.5V5.75"
    /// An arrow downwards.
    ArrowDown: "M8 3.25v9.5M11.75 9 8 12.75 4.25 9"
    /// An arrow in the reading direction.
    ArrowRight: "M3.25 8h9.5M9 4.25 12.75 8 9 11.75"
    /// A bell.
    Bell: "M4 6.5a4 4 0 0 1 8 0c0 3 1.25 3.6 1.25 4.75H2.75C2.75 10.1 4 9.5 4 6.5zM6.6 13.5c.35.5.8.75 1.4.75s1.05-.25 1.4-.75"
    /// A bell, struck through.
    BellOff: "M5.6 3.3A4 4 0 0 1 12 6.5c0 1.2.2 2 .5 2.7M4.1 5.7c-.1 3.5-1.35 4.2-1.35 5.55h8.5M6.6 13.5c.35.5.8.75 1.4.75s1.05-.25 1.4-.75M2.5 2.25l11 11.5"
    /// A tick.
    Check: "M3.5 8.5l3 3 6-7"
    /// A chevron downwards.
    ChevronDown: "M4.25 6.25 8 10l3.75-3.75"
    /// A chevron in the reading direction.
    ChevronRight: "M6.25 4.25 10 8l-3.75 3.75"
    /// A chevron upwards.
    ChevronUp: "M4.25 9.75 8 6l3.75 3.75"
    /// A clipboard.
    Clipboard: "M5.5 3.25h-.75a1.5 1.5 0 0 0-1.5 1.5v7.5a1.5 1.5 0 0 0 1.5 1.5h6.5a1.5 1.5 0 0 0 1.5-1.5v-7.5a1.5 1.5 0 0 0-1.5-1.5h-.75M6.5 1.75h3a1 1 0 0 1 1 1v1a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1v-1a1 1 0 0 1 1-1z"
    /// A clock.
    Clock: "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M8 4.75V8l2.25 1.5"
    /// A cross.
    Close: "M4.25 4.25l7.5 7.5M11.75 4.25l-7.5 7.5"
    /// A document.
    Cms: "M9.25 2.25h-4.5a1.5 1.5 0 0 0-1.5 1.5v8.5a1.5 1.5 0 0 0 1.5 1.5h6.5a1.5 1.5 0 0 0 1.5-1.5v-6.5zM9.25 2.25v3.5h3.5M5.75 8.5h4.5M5.75 11h2.5"
    /// Two sheets.
    Copy: "M7.25 5.75h5a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5h-5a1.5 1.5 0 0 1-1.5-1.5v-5a1.5 1.5 0 0 1 1.5-1.5zM3.25 10.25a1 1 0 0 1-1-1v-5.5a1.5 1.5 0 0 1 1.5-1.5h5.5a1 1 0 0 1 1 1"
    /// A contact card.
    Crm: "M3.75 3.25h8.5a1.5 1.5 0 0 1 1.5 1.5v6.5a1.5 1.5 0 0 1-1.5 1.5h-8.5a1.5 1.5 0 0 1-1.5-1.5v-6.5a1.5 1.5 0 0 1 1.5-1.5zM4.75 6.75a1.25 1.25 0 1 0 2.5 0a1.25 1.25 0 1 0-2.5 0M4 10.5c.3-.9 1.05-1.4 2-1.4s1.7.5 2 1.4M10.25 6.5h1M10.25 9h1"
    /// An arrow out of a door.
    Exit: "M6.25 2.75h-2a1.5 1.5 0 0 0-1.5 1.5v7.5a1.5 1.5 0 0 0 1.5 1.5h2M10.25 5l3 3-3 3M13 8H6.5"
    /// An arrow into a tray.
    Export: "M8 2.25v7.5M5 7l3 3 3-3M2.75 11v1.25a1.5 1.5 0 0 0 1.5 1.5h7.5a1.5 1.5 0 0 0 1.5-1.5V11"
    /// An eye.
    Eye: "M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8zM6.25 8a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0"
    /// An eye, struck through.
    EyeOff: "M6.4 3.95A6.4 6.4 0 0 1 8 3.75c4 0 6.25 4.25 6.25 4.25a11 11 0 0 1-1.6 2.15M10.1 11.8a6 6 0 0 1-2.1.45C4 12.25 1.75 8 1.75 8a11 11 0 0 1 2.6-2.95M2.5 2.5l11 11"
    /// Three lines of decreasing length.
    Filter: "M2.5 4.25h11M4.75 8h6.5M6.75 11.75h2.5"
    /// A question mark.
    Help: "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M6.4 6.35a1.65 1.65 0 1 1 2.45 1.45c-.55.3-.85.6-.85 1.2M8 10.95V11"
    /// A house.
    Home: "M2.75 7 8 2.5 13.25 7v5.25a1.5 1.5 0 0 1-1.5 1.5h-7.5a1.5 1.5 0 0 1-1.5-1.5zM6.25 13.5V10h3.5v3.5"
    /// A tray.
    Inbox: "M2.25 8.75h3.1l1 2h3.3l1-2h3.1M4.05 3.2a1.5 1.5 0 0 1 1.4-.95h5.1a1.5 1.5 0 0 1 1.4.95l1.8 5.3v3.75a1.5 1.5 0 0 1-1.5 1.5h-8.5a1.5 1.5 0 0 1-1.5-1.5V8.5z"
    /// The letter i in a circle.
    Info: "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M8 7.5v3.25M8 5.2v.05"
    /// An arrow from above.
    Inherit: "M3.5 2.75V7.5a2 2 0 0 0 2 2H13M9.75 6.25 13 9.5l-3.25 3.25"
    /// Layers.
    Layers: "M8 2.25l6 3.25-6 3.25-6-3.25zM2.25 9.25 8 12.5l5.75-3.25"
    /// A chain.
    Link: "M6.75 9.25a2.75 2.75 0 0 0 3.9 0l2.25-2.25a2.75 2.75 0 0 0-3.9-3.9l-.75.75M9.25 6.75a2.75 2.75 0 0 0-3.9 0L3.1 9a2.75 2.75 0 0 0 3.9 3.9l.75-.75"
    /// A chain, broken.
    LinkOff: "M10.9 9l2-2a2.75 2.75 0 0 0-3.9-3.9l-2 2M5.1 7l-2 2A2.75 2.75 0 0 0 7 12.9l2-2M2.5 2.5l11 11"
    /// A lock.
    Lock: "M4.75 7.25h6.5a1.5 1.5 0 0 1 1.5 1.5v3.5a1.5 1.5 0 0 1-1.5 1.5h-6.5a1.5 1.5 0 0 1-1.5-1.5v-3.5a1.5 1.5 0 0 1 1.5-1.5zM5.25 7.25V5a2.75 2.75 0 0 1 5.5 0v2.25"
    /// An envelope.
    Mail: "M3.25 3.25h9.5a1.5 1.5 0 0 1 1.5 1.5v6.5a1.5 1.5 0 0 1-1.5 1.5h-9.5a1.5 1.5 0 0 1-1.5-1.5v-6.5a1.5 1.5 0 0 1 1.5-1.5zM2.25 4.5 8 8.75l5.75-4.25"
    /// A table.
    Matrix: "M3.75 2.25h8.5a1.5 1.5 0 0 1 1.5 1.5v8.5a1.5 1.5 0 0 1-1.5 1.5h-8.5a1.5 1.5 0 0 1-1.5-1.5v-8.5a1.5 1.5 0 0 1 1.5-1.5zM2.25 6.25h11.5M2.25 10h11.5M6.25 6.25v7.5"
    /// Three lines.
    Menu: "M2.75 4.5h10.5M2.75 8h10.5M2.75 11.5h10.5"
    /// Three dots.
    More: "M3.5 8a.25.25 0 1 0 .5 0a.25.25 0 1 0-.5 0M7.75 8a.25.25 0 1 0 .5 0a.25.25 0 1 0-.5 0M12 8a.25.25 0 1 0 .5 0a.25.25 0 1 0-.5 0"
    /// A signal, struck through.
    Offline: "M2.5 2.5l11 11M5.2 10a4 4 0 0 1 3.3-1.25M2.25 7.1A8.2 8.2 0 0 1 5.6 5M8.4 4.35a8.2 8.2 0 0 1 5.35 2.75M8 12.75v.01"
    /// A pencil.
    Pencil: "M10.75 2.75l2.5 2.5-7.75 7.75-3.25.75.75-3.25zM9 4.5 11.5 7"
    /// A calendar.
    Planning: "M3.75 3.25h8.5a1.5 1.5 0 0 1 1.5 1.5v7.5a1.5 1.5 0 0 1-1.5 1.5h-8.5a1.5 1.5 0 0 1-1.5-1.5v-7.5a1.5 1.5 0 0 1 1.5-1.5zM2.25 6.75h11.5M5.25 1.75v3M10.75 1.75v3"
    /// A plus.
    Plus: "M8 3.25v9.5M3.25 8h9.5"
    /// Two arrows.
    Replace: "M2.75 5.5h9M9 2.75l2.75 2.75L9 8.25M13.25 10.75h-9M7 8l-2.75 2.75L7 13.5"
    /// An arrow back.
    Reset: "M2.75 6.25h6.5a3.5 3.5 0 0 1 0 7h-2.5M5.75 3.25l-3 3 3 3"
    /// A shield.
    Role: "M8 1.75l5 1.9v4c0 3.1-2 5.4-5 6.6-3-1.2-5-3.5-5-6.6v-4z"
    /// A magnifying glass.
    Search: "M2.75 7a4.25 4.25 0 1 0 8.5 0a4.25 4.25 0 1 0-8.5 0M10.25 10.25l3.25 3.25"
    /// A paper plane.
    Send: "M13.75 2.25l-11.5 4.4 4.9 2.2 2.2 4.9zM7.15 8.85l2.6-2.6"
    /// A nut.
    Settings: "M8 1.75l5.4 3.1v6.3L8 14.25l-5.4-3.1v-6.3zM6 8a2 2 0 1 0 4 0a2 2 0 1 0-4 0"
    /// An arrow into a door.
    SignIn: "M9.75 2.75h2a1.5 1.5 0 0 1 1.5 1.5v7.5a1.5 1.5 0 0 1-1.5 1.5h-2M6.5 5l3 3-3 3M9.25 8h-6.5"
    /// Sliders.
    Sliders: "M2.25 5h6.25M12.25 5h1.5M2.25 11h1.5M7.5 11h6.25M8.65 5a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0M3.85 11a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0"
    /// A ring with a tick.
    Status: "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M5.75 8.25l1.6 1.6 3-3.5"
    /// A bin.
    Trash: "M2.75 4.25h10.5M6 4.25v-1a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v1M4 4.25l.5 8.1a1.5 1.5 0 0 0 1.5 1.4h4a1.5 1.5 0 0 0 1.5-1.4l.5-8.1M6.75 7v3.75M9.25 7v3.75"
    /// A person and a plus.
    UserPlus: "M3.75 5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M1.75 13.25c.2-2.5 2-4.25 4.5-4.25.9 0 1.7.2 2.4.6M12.25 9.5v4.5M10 11.75h4.5"
    /// People.
    Users: "M3.5 5.25a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M1.75 13.25c.2-2.4 1.9-4 4.25-4s4.05 1.6 4.25 4M10.75 2.9a2.5 2.5 0 0 1 0 4.7M12.1 9.6c1.3.65 2.05 1.9 2.15 3.65"
    /// A person and an arrow.
    ViewAs: "M3.75 5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M1.75 13.25c.2-2.5 2-4.25 4.5-4.25.8 0 1.5.15 2.1.45M9.5 12h4.75M12 9.75 14.25 12 12 14.25"
    /// The logo of the studio.
    Logo: "M3.5 12.25v-8.5l9 8.5v-8.5"
}

impl Glyph {
    /// Returns whether the icon points in the reading direction, and so is mirrored in right-to-left languages.
    const fn is_directional(self) -> bool {
        matches!(
            self,
            Self::ArrowRight
                | Self::ChevronRight
                | Self::Exit
                | Self::Inherit
                | Self::Reset
                | Self::SignIn
                | Self::ViewAs
        )
    }
}

/// Renders an icon. Hidden from screen readers, because the text next to it or the name of its control has the same meaning.
#[component]
pub fn Icon(
    /// The icon to render.
    glyph: Glyph,
    /// Whether the icon is 12 px instead of 16 px, for small text.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    icon(glyph, small)
}

/// An [`Icon`], for markup.
pub fn icon(glyph: Glyph, small: bool) -> Markup {
    Markup::new("svg")
        .class(if small { "icon icon--small" } else { "icon" })
        .set("viewBox", "0 0 16 16")
        .set("aria-hidden", "true")
        .attribute("data-mirror", glyph.is_directional().then_some(Cow::Borrowed("")))
        .child(Markup::new("path").set("d", glyph.path()))
}
