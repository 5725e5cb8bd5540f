//! Which columns the table has, in which order, how high its rows are, and how wide each column is.

use leptos::prelude::*;
use studio_users_contract::SortKey;

use crate::state::{keep, kept};

/// A column besides the name, which is always there and always the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Status,
    Roles,
    Environments,
    LastActive,
    Created,
    InvitedBy,
}

/// A column, and whether it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) column: Column,
    pub(super) is_shown: bool,
}

/// How high rows are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Density {
    #[default]
    Comfortable,
    Compact,
}

/// How the reader likes the table; kept in the browser.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) choices: RwSignal<Vec<Choice>>,
    pub(super) density: RwSignal<Density>,
}

// `index.html` reads these too: what was drawn beforehand is drawn as it is at first.
const COLUMNS_KEY: &str = "studio-users.columns";
const DENSITY_KEY: &str = "studio-users.density";

/// The width below which rows become cards, in px; the sheet's container query says the same.
pub(super) const CARDS_BELOW: f64 = 640.0;
/// In this width, in px, or less, one column goes, and in the other one more.
const NARROW: f64 = 1_100.0;
const NARROWER: f64 = 860.0;

/// The widths that do not stretch, in px: the checkbox, the actions, and the space between columns.
const CHECKBOX: f64 = 16.0;
const GAP: f64 = 16.0;
const GAP_NARROW: f64 = 12.0;

/// A column's width: px, or a share of what is left.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Track {
    Fixed(f64),
    Share(f64),
}

impl Column {
    /// Every column, in the order in which they stand unless the reader likes another.
    const ALL: [Self; 6] =
        [Self::Status, Self::Roles, Self::Environments, Self::LastActive, Self::Created, Self::InvitedBy];

    /// Whether it is shown unless the reader likes it hidden.
    fn is_shown_at_first(self) -> bool {
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

    /// What its cells' class ends with.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Status => "users-table__cell users-table__cell--status",
            Self::Roles => "users-table__cell users-table__cell--roles",
            Self::Environments => "users-table__cell users-table__cell--envs",
            Self::LastActive => "users-table__cell users-table__cell--last",
            Self::Created => "users-table__cell users-table__cell--created",
            Self::InvitedBy => "users-table__cell users-table__cell--invited-by",
        }
    }

    /// What its header orders by; none where it does not.
    pub(super) const fn sort_key(self) -> Option<SortKey> {
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
    /// The height of a row, in px, as the sheet has it.
    pub(super) const fn row_height(self) -> f64 {
        match self {
            Self::Comfortable => 48.0,
            Self::Compact => 40.0,
        }
    }

    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }
}

impl Layout {
    /// What was kept. Changes are kept from then on.
    pub(super) fn load() -> Self {
        let density = kept(DENSITY_KEY).filter(|kept| kept == Density::Compact.slug());
        let layout = Self {
            choices: RwSignal::new(parse(&kept(COLUMNS_KEY).unwrap_or_default())),
            density: RwSignal::new(density.map_or(Density::Comfortable, |_| Density::Compact)),
        };
        Effect::watch(
            move || (layout.choices.get(), layout.density.get()),
            |(choices, density), _, _| {
                keep(COLUMNS_KEY, (*choices != parse("")).then(|| print(choices)).as_deref());
                keep(DENSITY_KEY, (*density == Density::Compact).then_some(density.slug()));
            },
            false,
        );
        layout
    }

    /// Shows a column, or hides it.
    pub(super) fn toggle(self, column: Column) {
        self.choices.update(|choices| {
            if let Some(choice) = choices.iter_mut().find(|choice| choice.column == column) {
                choice.is_shown = !choice.is_shown;
            }
        });
    }

    /// Moves a column so many places on.
    pub(super) fn shift(self, column: Column, by: isize) {
        self.choices.update(|choices| {
            let Some(at) = choices.iter().position(|choice| choice.column == column) else { return };
            if let Some(to) = at.checked_add_signed(by).filter(|to| *to < choices.len()) {
                choices.swap(at, to);
            }
        });
    }

    /// The number of a column among all of them, shown or hidden, from 1.
    pub(super) fn place(self, column: Column) -> usize {
        let place = self.choices.with(|choices| choices.iter().position(|choice| choice.column == column));
        place.unwrap_or_default() + 3
    }

    /// The number of all columns: those that can be chosen, the checkbox, the name and the actions.
    pub(super) fn places(self) -> usize {
        self.choices.with(Vec::len) + 3
    }

    /// Everything as it was at first.
    pub(super) fn reset(self) {
        self.choices.set(parse(""));
        self.density.set(Density::default());
    }
}

/// The columns that are made, besides the name: those liked, and the one that is ordered by. Where there is no room for
/// one it is hidden, and stays: to make its cells anew whenever the panel goes costs far more.
pub(super) fn made(choices: &[Choice], sort: SortKey) -> Vec<Column> {
    let is_made = |choice: &&Choice| choice.is_shown || choice.column.sort_key() == Some(sort);
    choices.iter().filter(is_made).map(|choice| choice.column).collect()
}

/// The columns that are made and not visible, as the sheet knows them.
pub(super) fn hidden(made: &[Column], visible: &[Column]) -> Option<String> {
    let names: Vec<_> =
        made.iter().filter(|column| !visible.contains(column)).map(|column| column.slug()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// The columns that there is room for, besides the name. In less width the column least needed goes, never the one
/// that is ordered by. In cards there is room for all but when they were created,
/// and by whom.
pub(super) fn visible(choices: &[Choice], width: f64, sort: SortKey) -> Vec<Column> {
    let is_ordered_by = |column: Column| column.sort_key() == Some(sort);
    let goes = |column: Column| {
        if width <= CARDS_BELOW {
            return matches!(column, Column::Created | Column::InvitedBy) && !is_ordered_by(column);
        }
        match column {
            Column::LastActive => width <= NARROW && !is_ordered_by(column),
            // It goes in place of the other one.
            Column::Created => width <= NARROW && sort == SortKey::LastActiveAt,
            Column::Environments | Column::InvitedBy => width <= NARROWER,
            _ => false,
        }
    };
    made(choices, sort).into_iter().filter(|column| !goes(*column)).collect()
}

/// The columns' tracks for the sheet's grid.
pub(super) fn template(columns: &[Column], width: f64, actions: f64) -> String {
    let of = |track| match track {
        Track::Fixed(px) => format!("{px}px"),
        Track::Share(share) => format!("minmax(0, {share}fr)"),
    };
    let tracks: Vec<_> = columns.iter().map(|column| of(column.track())).collect();
    format!("{CHECKBOX}px {} {} {actions}px", of(name_track(width)), tracks.join(" "))
}

/// What a sheet has to say of the columns where nobody can measure the width: which there are in how much, and their tracks.
/// `scope` selects what it is said of; the widths of the actions are those for a mouse and for a finger.
#[cfg(not(target_family = "wasm"))]
pub(super) fn sheet(scope: &str, (fine, coarse): (f64, f64)) -> String {
    let (choices, key) = (parse(""), studio_users_contract::Sort::default().key);
    let rules = |width: f64, actions: f64| {
        let columns = visible(&choices, width, key);
        let tracks = template(&columns, width, actions);
        let shown = Column::ALL.map(|column| {
            let display = if columns.contains(&column) { "revert-layer" } else { "none" };
            format!("{scope} .{}{{display:{display}}}", column.class().replace(' ', "."))
        });
        format!(
            "{scope} .users-table{{--su-columns:{tracks};--su-column-gap:{}px}}{}",
            gap(width),
            shown.concat()
        )
    };
    let all = |actions| {
        let narrower = [NARROW, NARROWER, CARDS_BELOW]
            .map(|width| format!("@container users-list (max-width:{width}px){{{}}}", rules(width, actions)));
        rules(f64::INFINITY, actions) + &narrower.concat()
    };
    format!("{}@media (pointer:coarse){{{}}}", all(fine), all(coarse))
}

/// The space between two columns, in px.
pub(super) fn gap(width: f64) -> f64 {
    if width <= NARROW { GAP_NARROW } else { GAP }
}

/// How wide a column is in a row of this width, in px.
pub(super) fn width_of(column: Column, columns: &[Column], width: f64, row: f64, actions: f64) -> f64 {
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
    Track::Share(if width <= NARROW { 1.55 } else { 1.32 })
}

/// Reads what was kept: names in their order, after a minus where hidden. What is not named comes last, as it is at
/// first: so does a column of a newer version.
fn parse(text: &str) -> Vec<Choice> {
    let named = text.split(',').filter_map(|word| {
        let (name, is_shown) = word.strip_prefix('-').map_or((word, true), |name| (name, false));
        let column = Column::ALL.into_iter().find(|column| column.slug() == name)?;
        Some(Choice { column, is_shown })
    });
    let mut choices: Vec<Choice> = Vec::new();
    let at_first = Column::ALL.map(|column| Choice { column, is_shown: column.is_shown_at_first() });
    for choice in named.chain(at_first) {
        if !choices.iter().any(|other| other.column == choice.column) {
            choices.push(choice);
        }
    }
    choices
}

fn print(choices: &[Choice]) -> String {
    let names = choices
        .iter()
        .map(|Choice { column, is_shown }| format!("{}{}", if *is_shown { "" } else { "-" }, column.slug()));
    names.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_back() {
        let kept = "created,-roles,status,environments,invited_by,last_active";
        assert_eq!(print(&parse(kept)), kept);
    }

    #[test]
    fn what_was_kept_by_another_version_does_no_harm() {
        assert_eq!(
            print(&parse("created,shoe_size,created")),
            "created,status,roles,environments,last_active,-invited_by"
        );
    }

    #[test]
    fn the_column_least_needed_goes_and_never_the_one_ordered_by() {
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
    fn columns_fill_the_row() {
        let columns = visible(&parse(""), 1_312.0, SortKey::Name);
        let (row, actions) = (1_264.0, 92.0);
        let widths: f64 =
            columns.iter().map(|column| width_of(*column, &columns, 1_312.0, row, actions)).sum();
        let name = row - widths - CHECKBOX - actions - 7.0 * GAP;
        let roles = width_of(Column::Roles, &columns, 1_312.0, row, actions);
        assert!((name / roles - 1.32 / 1.28).abs() < 1e-9, "the name gets its share: {name}, {roles}");
    }
}
