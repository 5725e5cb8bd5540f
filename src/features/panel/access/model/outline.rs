use std::collections::HashSet;
use std::ops::Range;

use studio_users_domain::NodeId;

use super::draft::AccessDraft;
use crate::i18n::folding::SearchWords;

/// The rows of the Access tab's tree, in the order in which they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    rows: Vec<Row>,
    /// The row of each node, by position.
    rows_by_position: Vec<Option<usize>>,
}

/// The content of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    /// The node at a position.
    Node(usize),
    /// The button that expands or collapses nodes below the one at this position.
    Rest(usize),
}

/// The children of a node that only inherit, so that they can be collapsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rest {
    pub(crate) inheriting: usize,
    pub(crate) is_expanded: bool,
    /// Whether other children are shown.
    pub(crate) has_others: bool,
}

/// The nodes to show.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OutlineFilter<'a> {
    All,
    /// The nodes whose names contain this text in lower case, and their ancestors.
    Matching(&'a SearchWords),
    /// The nodes with their own roles and their ancestors, and all children of these expanded nodes.
    WithOwnRoles(&'a HashSet<NodeId>),
}

/// A part of the children of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A child to render, with its index among all children.
    Row(Item, usize),
    /// The omitted rows between two rendered children.
    Gap(usize, usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    item: Item,
    /// The row after those below this one.
    end: usize,
    rest: Option<Rest>,
}

impl Outline {
    pub(crate) fn new(draft: &AccessDraft, filter: OutlineFilter<'_>) -> Self {
        let tree = draft.organisation.tree();
        let is_wanted = wanted_positions(draft, filter);
        let mut outline = Self { rows: Vec::new(), rows_by_position: vec![None; tree.len()] };
        // The rows whose nodes contain the current one, from the top.
        let mut open = Vec::<(usize, usize)>::new();
        for &(position, parent) in draft.visible() {
            while let Some((row, _)) = open.pop_if(|(_, above)| !tree.subtree(*above).contains(&position)) {
                outline.close(row);
            }
            let above = open.last().copied();
            if above.map(|(_, above)| above) != parent {
                continue;
            }
            if let (OutlineFilter::WithOwnRoles(expanded), Some((row, above))) = (filter, above) {
                let is_expanded = expanded.contains(&tree.nodes()[above].id);
                let rest = outline.rows[row].rest.get_or_insert(Rest {
                    inheriting: 0,
                    is_expanded,
                    has_others: false,
                });
                rest.has_others |= is_wanted[position] || is_expanded;
                rest.inheriting += usize::from(!is_wanted[position]);
                if !is_wanted[position] && !is_expanded {
                    continue;
                }
            } else if matches!(filter, OutlineFilter::Matching(_)) && !is_wanted[position] {
                continue;
            }
            outline.rows_by_position[position] = Some(outline.rows.len());
            open.push((outline.rows.len(), position));
            outline.rows.push(Row { item: Item::Node(position), end: 0, rest: None });
        }
        for (row, _) in open.into_iter().rev() {
            outline.close(row);
        }
        outline
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The row of an item, if it is shown.
    pub(crate) fn row(&self, item: Item) -> Option<usize> {
        match item {
            Item::Node(position) => *self.rows_by_position.get(position)?,
            Item::Rest(position) => {
                let above = self.row(Item::Node(position))?;
                self.rest(position).map(|_| self.rows[above].end - 1)
            }
        }
    }

    /// The collapsible children of the node at a position, if there are any.
    pub(crate) fn rest(&self, position: usize) -> Option<Rest> {
        self.rows[self.row(Item::Node(position))?].rest
    }

    /// Returns the children of a node, or the topmost nodes. Only children that are, or contain, one of the `rendered`
    /// rows are separate pieces. `rendered` is ascending.
    pub(crate) fn pieces(&self, above: Option<usize>, rendered: &[usize]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (index, Range { start, end }) in self.children(above).enumerate() {
            let next = rendered.partition_point(|row| *row < start);
            if rendered.get(next).is_some_and(|row| *row < end) {
                pieces.push(Piece::Row(self.rows[start].item, index));
            } else if let Some(Piece::Gap(_, gap_end)) = pieces.last_mut() {
                *gap_end = end;
            } else {
                pieces.push(Piece::Gap(start, end));
            }
        }
        pieces
    }

    /// The number of children of a node, or of topmost nodes.
    pub(crate) fn child_count(&self, above: Option<usize>) -> usize {
        self.children(above).count()
    }

    /// The rows of each child of the node at a position, with the rows below it.
    fn children(&self, above: Option<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut rows = match above {
            None => 0..self.rows.len(),
            Some(above) => self.row(Item::Node(above)).map_or(0..0, |row| row + 1..self.rows[row].end),
        };
        std::iter::from_fn(move || {
            let start = rows.next()?;
            rows.start = self.rows[start].end;
            Some(start..rows.start)
        })
    }

    /// Ends the rows below a row.
    fn close(&mut self, row: usize) {
        let rest = &mut self.rows[row].rest;
        *rest = rest.filter(|rest| rest.inheriting > 0);
        if let (Some(_), Item::Node(position)) = (*rest, self.rows[row].item) {
            let end = self.rows.len() + 1;
            self.rows.push(Row { item: Item::Rest(position), end, rest: None });
        }
        self.rows[row].end = self.rows.len();
    }
}

/// Returns the nodes that the filter looks for and their ancestors, by position.
fn wanted_positions(draft: &AccessDraft, filter: OutlineFilter<'_>) -> Vec<bool> {
    let mut is_wanted = vec![false; draft.organisation.tree().len()];
    let is_found = |position: usize| match filter {
        OutlineFilter::All => false,
        OutlineFilter::Matching(words) => words.matches(&draft.organisation.folded_names()[position]),
        OutlineFilter::WithOwnRoles(_) => draft.has_own_roles(position),
    };
    // An ancestor precedes its descendants.
    for &(position, parent) in draft.visible().iter().rev() {
        is_wanted[position] |= is_found(position);
        if let Some(parent) = parent.filter(|_| is_wanted[position]) {
            is_wanted[parent] = true;
        }
    }
    is_wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::panel::access::model::draft::tests::{draft, id};
    use studio_users_domain::{Role, RoleSet};

    /// Returns the rows as an indented text, with the end of each.
    fn text(draft: &AccessDraft, filter: OutlineFilter<'_>) -> Vec<String> {
        let outline = Outline::new(draft, filter);
        let line = |row: &Row| match row.item {
            Item::Node(position) => format!("{} {}", draft.organisation.name(position), row.end),
            Item::Rest(position) => format!("{:?}", outline.rest(position).unwrap()),
        };
        outline.rows.iter().map(line).collect()
    }

    fn managed(assignments: &[(u128, RoleSet)]) -> AccessDraft {
        draft(&[2, 3, 4], Role::OrganisationManager, assignments, &[])
    }

    #[test]
    fn lists_all_nodes_in_tree_order() {
        assert_eq!(
            text(&managed(&[]), OutlineFilter::All),
            ["Northwind 3", "Harbor Bank 2", "City Clinic 3"]
        );
    }

    #[test]
    fn a_search_keeps_the_ancestors_of_matches() {
        let draft = managed(&[]);
        let found = |search| text(&draft, OutlineFilter::Matching(&SearchWords::of(search)));
        assert_eq!(found("clinic"), ["Northwind 2", "City Clinic 2"]);
        assert_eq!(found("CLÍNIC  city"), ["Northwind 2", "City Clinic 2"]);
        assert_eq!(found("north"), ["Northwind 1"]);
        assert_eq!(found("none"), [""; 0]);
    }

    #[test]
    fn collapses_children_that_only_inherit() {
        let draft = managed(&[(3, Role::Agent.into())]);
        let none = HashSet::new();
        let rest = "Rest { inheriting: 1, is_expanded: false, has_others: true }";
        assert_eq!(text(&draft, OutlineFilter::WithOwnRoles(&none)), ["Northwind 3", "Harbor Bank 2", rest]);
        let expanded = HashSet::from([id(2)]);
        let rest = "Rest { inheriting: 1, is_expanded: true, has_others: true }";
        let all = ["Northwind 4", "Harbor Bank 2", "City Clinic 3", rest];
        assert_eq!(text(&draft, OutlineFilter::WithOwnRoles(&expanded)), all);
    }

    #[test]
    fn omits_children_without_rendered_rows() {
        let outline = Outline::new(&managed(&[]), OutlineFilter::All);
        let [agency, bank, clinic] = [0, 1, 2].map(|row| outline.rows[row].item);
        let Item::Node(position) = agency else { panic!("{agency:?}") };
        assert_eq!(outline.pieces(None, &[2]), [Piece::Row(agency, 0)]);
        assert_eq!(outline.pieces(Some(position), &[2]), [Piece::Gap(1, 2), Piece::Row(clinic, 1)]);
        assert_eq!(outline.pieces(Some(position), &[0, 1]), [Piece::Row(bank, 0), Piece::Gap(2, 3)]);
        assert_eq!(outline.pieces(Some(position), &[0]), [Piece::Gap(1, 3)]);
        assert_eq!(outline.child_count(Some(position)), 2);
        assert_eq!(outline.row(bank), Some(1));
    }
}
