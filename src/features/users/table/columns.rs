//! The columns of the table, their order and widths, and the row density.

use leptos::prelude::*;
use studio_users_contract::SortKey;

use crate::i18n::{Language, messages};
#[cfg(target_family = "wasm")]
use crate::state::get_local_item;
use crate::state::set_local_item;

/// A column other than the name, which is always shown first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Column {
    Status,
    Roles,
    Environments,
    LastActive,
    Created,
    InvitedBy,
}

/// A column and whether the user wants to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnChoice {
    pub(crate) column: Column,
    pub(crate) is_shown: bool,
}

/// The row density.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Density {
    #[default]
    Comfortable,
    Compact,
}

/// The table settings of the current user, stored in `localStorage`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) choices: RwSignal<Vec<ColumnChoice>>,
    pub(crate) density: RwSignal<Density>,
}

// `src/app/prerender/settings.js` reads these keys too, and tells the backend by a cookie.
const COLUMNS_KEY: &str = "studio-users.columns";
const DENSITY_KEY: &str = "studio-users.density";

/// The breakpoint below which rows become cards, in px. The container query in the stylesheet must match.
pub(crate) const CARD_BREAKPOINT: f64 = 640.0;
/// The breakpoints, in px, up to which the table hides one column and then another.
const NARROW_BREAKPOINT: f64 = 1_100.0;
const NARROWER_BREAKPOINT: f64 = 860.0;

/// The fixed widths, in px: the checkbox and the gap between columns.
const CHECKBOX: f64 = 16.0;
const GAP: f64 = 16.0;
const GAP_NARROW: f64 = 12.0;

/// The width of a column: fixed, in px, or a share of the remaining width.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Track {
    Fixed(f64),
    Share(f64),
}

impl Column {
    /// All columns in their default order.
    const ALL: [Self; 6] =
        [Self::Status, Self::Roles, Self::Environments, Self::LastActive, Self::Created, Self::InvitedBy];

    fn is_shown_by_default(self) -> bool {
        self != Self::InvitedBy
    }

    const fn slug(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Roles => "roles",
            Self::Environments => "environments",
            Self::LastActive => "last_active",
            Self::Created => "created",
            Self::InvitedBy => "invited_by",
        }
    }

    /// The classes of its cells.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Status => "users-table__cell users-table__cell--status",
            Self::Roles => "users-table__cell users-table__cell--roles",
            Self::Environments => "users-table__cell users-table__cell--envs",
            Self::LastActive => "users-table__cell users-table__cell--last",
            Self::Created => "users-table__cell users-table__cell--created",
            Self::InvitedBy => "users-table__cell users-table__cell--invited-by",
        }
    }

    /// The sort key of its header, or `None` if the list cannot be sorted by it.
    pub(crate) const fn sort_key(self) -> Option<SortKey> {
        match self {
            Self::Status => Some(SortKey::Status),
            Self::LastActive => Some(SortKey::LastActiveAt),
            Self::Created => Some(SortKey::CreatedAt),
            Self::Roles | Self::Environments | Self::InvitedBy => None,
        }
    }

    const fn track(self) -> Track {
        match self {
            Self::Status => Track::Fixed(90.0),
            Self::Roles => Track::Share(1.28),
            Self::Environments => Track::Share(1.1),
            Self::LastActive => Track::Fixed(112.0),
            Self::Created => Track::Fixed(108.0),
            Self::InvitedBy => Track::Share(0.8),
        }
    }
}

impl Density {
    /// The height of a row, in px. The stylesheet must match.
    pub(crate) const fn row_height(self) -> f64 {
        match self {
            Self::Comfortable => 48.0,
            Self::Compact => 40.0,
        }
    }

    pub(crate) const fn slug(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }
}

impl Layout {
    /// Loads the stored settings and stores every change from then on.
    pub(crate) fn load() -> Self {
        let (columns, density) = stored();
        let density = density.filter(|stored| stored == Density::Compact.slug());
        let layout = Self {
            choices: RwSignal::new(parse(&columns.unwrap_or_default())),
            density: RwSignal::new(density.map_or(Density::Comfortable, |_| Density::Compact)),
        };
        Effect::watch(
            move || (layout.choices.get(), layout.density.get()),
            |(choices, density), _, _| {
                set_local_item(COLUMNS_KEY, (*choices != parse("")).then(|| serialize(choices)).as_deref());
                set_local_item(DENSITY_KEY, (*density == Density::Compact).then_some(density.slug()));
            },
            false,
        );
        layout
    }

    /// Shows or hides a column.
    pub(crate) fn toggle(self, column: Column) {
        self.choices.update(|choices| {
            if let Some(choice) = choices.iter_mut().find(|choice| choice.column == column) {
                choice.is_shown = !choice.is_shown;
            }
        });
    }

    /// Moves a column by a number of positions.
    pub(crate) fn move_column(self, column: Column, by: isize) {
        self.choices.update(|choices| {
            let Some(at) = choices.iter().position(|choice| choice.column == column) else { return };
            if let Some(to) = at.checked_add_signed(by).filter(|to| *to < choices.len()) {
                choices.swap(at, to);
            }
        });
    }

    /// The `aria-colindex` of a column. It counts from 1 and includes hidden columns.
    pub(crate) fn aria_colindex(self, column: Column) -> usize {
        let position = self.choices.with(|choices| choices.iter().position(|choice| choice.column == column));
        position.unwrap_or_default() + 3
    }

    /// The `aria-colcount`: all optional columns, the checkbox, the name and the actions.
    pub(crate) fn aria_colcount(self) -> usize {
        self.choices.with(Vec::len) + 3
    }

    /// Restores the default settings.
    pub(crate) fn reset(self) {
        self.choices.set(parse(""));
        self.density.set(Density::default());
    }
}

/// Returns the stored columns and density.
#[cfg(target_family = "wasm")]
fn stored() -> (Option<String>, Option<String>) {
    (get_local_item(COLUMNS_KEY), get_local_item(DENSITY_KEY))
}

/// Returns the columns and density of the context.
#[cfg(not(target_family = "wasm"))]
fn stored() -> (Option<String>, Option<String>) {
    use_context().map_or((None, None), |layout: crate::features::users::PrerenderedLayout| {
        (Some(layout.columns), Some(layout.density))
    })
}

/// The columns to render without the name: the chosen ones and the sort column.
///
/// A column without room stays rendered and is hidden by CSS. Creating its cells again whenever the panel closes would
/// cost far more.
pub(crate) fn rendered(choices: &[ColumnChoice], sort: SortKey) -> Vec<Column> {
    let is_rendered = |choice: &&ColumnChoice| choice.is_shown || choice.column.sort_key() == Some(sort);
    choices.iter().filter(is_rendered).map(|choice| choice.column).collect()
}

/// The slugs of the columns that are rendered but not visible, separated by spaces. The stylesheet hides them.
pub(crate) fn hidden_slugs(rendered: &[Column], visible: &[Column]) -> Option<String> {
    let names: Vec<_> =
        rendered.iter().filter(|column| !visible.contains(column)).map(|column| column.slug()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// The columns that fit into this width, in px, without the name.
///
/// A narrower table hides the least important columns, but never the sort column. Cards hide only the creation date and
/// the inviter.
pub(crate) fn visible(choices: &[ColumnChoice], width: f64, sort: SortKey) -> Vec<Column> {
    let is_sorted_by = |column: Column| column.sort_key() == Some(sort);
    let is_dropped = |column: Column| {
        if width <= CARD_BREAKPOINT {
            return matches!(column, Column::Created | Column::InvitedBy) && !is_sorted_by(column);
        }
        match column {
            Column::LastActive => width <= NARROW_BREAKPOINT && !is_sorted_by(column),
            // Hides this column instead of the last activity when the list is sorted by that.
            Column::Created => width <= NARROW_BREAKPOINT && sort == SortKey::LastActiveAt,
            Column::Environments | Column::InvitedBy => width <= NARROWER_BREAKPOINT,
            _ => false,
        }
    };
    rendered(choices, sort).into_iter().filter(|column| !is_dropped(*column)).collect()
}

/// The value of `grid-template-columns` for a row. `actions` is the width of the last column, in px.
pub(crate) fn grid_template(columns: &[Column], width: f64, actions: f64) -> String {
    let css = |track| match track {
        Track::Fixed(px) => format!("{px}px"),
        Track::Share(share) => format!("minmax(0, {share}fr)"),
    };
    let tracks: Vec<_> = columns.iter().map(|column| css(column.track())).collect();
    format!("{CHECKBOX}px {} {} {actions}px", css(name_track(width)), tracks.join(" "))
}

/// Returns the CSS for the columns of the prerendered table, where no script measures the width. The rows are flex
/// containers, which share the width as the grid of the live table does, whatever columns the user has chosen. Container
/// queries hide the columns that do not fit.
///
/// `scope` is the selector of the container. The tuple is the width of the actions column, in px, with a fine and with a
/// coarse pointer.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn prerendered_css(scope: &str, (fine, coarse): (f64, f64)) -> String {
    let flex = |track| match track {
        Track::Fixed(px) => format!("flex:none;inline-size:{px}px"),
        Track::Share(share) => format!("flex:{share} 1 0"),
    };
    let selector = |column: Column| column.class().replace(' ', ".");
    let tracks =
        Column::ALL.map(|column| format!("{scope} .{}{{{}}}", selector(column), flex(column.track())));
    let widths = |width: f64| {
        format!(
            "{scope} .users-table{{column-gap:{}px}}{scope} .users-table__cell--name{{{}}}",
            gap(width),
            flex(name_track(width))
        )
    };
    let row = format!(
        "{scope} .users-table__row{{display:flex}}\
         {scope} .users-table__cell--select{{flex:none;inline-size:{CHECKBOX}px}}\
         {scope} .users-table__actions{{flex:none;inline-size:{fine}px}}\
         @media (pointer:coarse){{{scope} .users-table__actions{{inline-size:{coarse}px}}}}"
    );
    let all =
        parse("").into_iter().map(|choice| ColumnChoice { is_shown: true, ..choice }).collect::<Vec<_>>();
    let hidden = |width: f64| {
        let rules = SortKey::ALL.into_iter().flat_map(|key| {
            let visible = visible(&all, width, key);
            let dropped = Column::ALL.into_iter().filter(move |column| !visible.contains(column));
            dropped.map(move |column| {
                let (sort, column) = (key.wire_name(), selector(column));
                format!("{scope} [data-sort={sort}] .{column}{{display:none}}")
            })
        });
        rules.collect::<String>()
    };
    let between = |above: f64, width: f64| {
        let rules = hidden(width);
        format!("@container users-list (width > {above}px) and (width <= {width}px){{{rules}}}")
    };
    format!(
        "@container users-list (width > {CARD_BREAKPOINT}px){{{row}{}{}\
         @container users-list (width <= {NARROW_BREAKPOINT}px){{{}}}}}{}{}{}",
        tracks.concat(),
        widths(f64::INFINITY),
        widths(NARROW_BREAKPOINT),
        between(NARROWER_BREAKPOINT, NARROW_BREAKPOINT),
        between(CARD_BREAKPOINT, NARROWER_BREAKPOINT),
        between(0.0, CARD_BREAKPOINT),
    )
}

/// The gap between two columns, in px.
pub(crate) fn gap(width: f64) -> f64 {
    if width <= NARROW_BREAKPOINT { GAP_NARROW } else { GAP }
}

/// The width of a column, in px, in a table of width `width` with rows of width `row`.
pub(crate) fn column_width(column: Column, columns: &[Column], width: f64, row: f64, actions: f64) -> f64 {
    let tracks = || columns.iter().map(|column| column.track()).chain([name_track(width)]);
    let fixed: f64 = tracks().map(|track| if let Track::Fixed(px) = track { px } else { 0.0 }).sum();
    let shares: f64 = tracks().map(|track| if let Track::Share(share) = track { share } else { 0.0 }).sum();
    #[allow(clippy::cast_precision_loss, reason = "a handful of columns")]
    let gaps = (columns.len() + 2) as f64 * gap(width);
    let left = (row - CHECKBOX - actions - fixed - gaps).max(0.0);
    match column.track() {
        Track::Fixed(px) => px,
        Track::Share(share) => left * share / shares,
    }
}

fn name_track(width: f64) -> Track {
    Track::Share(if width <= NARROW_BREAKPOINT { 1.55 } else { 1.32 })
}

/// Parses the stored columns: comma-separated slugs in order, with a minus before a hidden column.
///
/// Columns that are not listed come last with their default visibility, such as a column of a newer version.
fn parse(text: &str) -> Vec<ColumnChoice> {
    let named = text.split(',').filter_map(|word| {
        let (name, is_shown) = word.strip_prefix('-').map_or((word, true), |name| (name, false));
        let column = Column::ALL.into_iter().find(|column| column.slug() == name)?;
        Some(ColumnChoice { column, is_shown })
    });
    let mut choices: Vec<ColumnChoice> = Vec::new();
    let defaults = Column::ALL.map(|column| ColumnChoice { column, is_shown: column.is_shown_by_default() });
    for choice in named.chain(defaults) {
        if !choices.iter().any(|other| other.column == choice.column) {
            choices.push(choice);
        }
    }
    choices
}

fn serialize(choices: &[ColumnChoice]) -> String {
    let names = choices.iter().map(|ColumnChoice { column, is_shown }| {
        format!("{}{}", if *is_shown { "" } else { "-" }, column.slug())
    });
    names.collect::<Vec<_>>().join(",")
}

/// The label of a column.
pub(crate) fn column_name(language: Language, column: Column) -> &'static str {
    match column {
        Column::Status => messages::status(language),
        Column::Roles => messages::roles(language),
        Column::Environments => messages::environments(language),
        Column::LastActive => messages::last_active(language),
        Column::Created => messages::created(language),
        Column::InvitedBy => messages::invited_by_label(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_it_serialized() {
        let stored = "created,-roles,status,environments,invited_by,last_active";
        assert_eq!(serialize(&parse(stored)), stored);
    }

    #[test]
    fn ignores_unknown_and_duplicate_columns() {
        assert_eq!(
            serialize(&parse("created,shoe_size,created")),
            "created,status,roles,environments,last_active,-invited_by"
        );
    }

    #[test]
    fn hides_the_least_important_column_but_never_the_sort_column() {
        let all = parse("");
        assert_eq!(visible(&all, 1_200.0, SortKey::Name).len(), 5);
        assert!(!visible(&all, 1_000.0, SortKey::Name).contains(&Column::LastActive));
        let by_last = visible(&all, 800.0, SortKey::LastActiveAt);
        assert_eq!(by_last, [Column::Status, Column::Roles, Column::LastActive]);
        let hidden = parse("-status");
        assert!(!visible(&hidden, 1_200.0, SortKey::Name).contains(&Column::Status));
        assert!(visible(&hidden, 1_200.0, SortKey::Status).contains(&Column::Status));
    }

    #[test]
    fn column_widths_fill_the_row() {
        let columns = visible(&parse(""), 1_312.0, SortKey::Name);
        let (row, actions) = (1_264.0, 92.0);
        let widths: f64 =
            columns.iter().map(|column| column_width(*column, &columns, 1_312.0, row, actions)).sum();
        let name = row - widths - CHECKBOX - actions - 7.0 * GAP;
        let roles = column_width(Column::Roles, &columns, 1_312.0, row, actions);
        assert!((name / roles - 1.32 / 1.28).abs() < 1e-9, "the name gets its share: {name}, {roles}");
    }
}
