use leptos::prelude::*;

/// What stands in a text for the first, the second and the third name that goes there.
pub const MARKS: [&str; 3] = ["\u{e000}", "\u{e001}", "\u{e002}"];

/// A sentence with names in it. Whatever direction a name is written in, the words around it keep theirs.
#[component]
pub fn Phrase(
    /// The sentence, with [`MARKS`] for the names.
    #[prop(into)]
    text: String,
    /// The names.
    names: Vec<String>,
) -> impl IntoView {
    pieces(&text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Own(text) => text.to_owned().into_any(),
            Piece::Name(at) => view! { <bdi>{names.get(at).cloned()}</bdi> }.into_any(),
        })
        .collect_view()
}

/// A piece of a sentence.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Own(&'a str),
    Name(usize),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let next = MARKS.iter().enumerate().filter_map(|(at, mark)| Some((rest.find(mark)?, at, mark))).min();
        let Some((place, at, mark)) = next else { break };
        pieces.extend([Piece::Own(&rest[..place]), Piece::Name(at)]);
        rest = &rest[place + mark.len()..];
    }
    pieces.push(Piece::Own(rest));
    pieces.retain(|piece| *piece != Piece::Own(""));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_where_their_marks_stand_in_any_order() {
        let [first, second, _] = MARKS;
        assert_eq!(
            pieces(&format!("{second} asks {first}.")),
            [Piece::Name(1), Piece::Own(" asks "), Piece::Name(0), Piece::Own(".")]
        );
        assert_eq!(pieces("nobody"), [Piece::Own("nobody")]);
    }
}
