use leptos::prelude::*;

/// The placeholders for the first, second and third name in a text. Private-use characters, which no text contains.
pub const PLACEHOLDERS: [&str; 3] = ["\u{e000}", "\u{e001}", "\u{e002}"];

/// A sentence with names. Each name is in a `<bdi>` element, so that its direction does not affect the sentence around it.
#[component]
pub fn Phrase(
    /// The sentence, with [`PLACEHOLDERS`] for the names.
    #[prop(into)]
    text: String,
    /// The names that replace the placeholders, in their order.
    names: Vec<String>,
    /// Whether the names stand out: the first in `<strong>`, the others in `<em>`.
    #[prop(optional)]
    emphasized: bool,
) -> impl IntoView {
    pieces(&text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned().into_any(),
            Piece::Name(index) => {
                let name = view! { <bdi>{names.get(index).cloned()}</bdi> };
                match (emphasized, index) {
                    (false, _) => name.into_any(),
                    (true, 0) => view! { <strong>{name}</strong> }.into_any(),
                    (true, _) => view! { <em>{name}</em> }.into_any(),
                }
            }
        })
        .collect_view()
}

/// A piece of a sentence: text, or the index of a name.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Name(usize),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let next = PLACEHOLDERS
            .iter()
            .enumerate()
            .filter_map(|(index, mark)| Some((rest.find(mark)?, index, mark)))
            .min();
        let Some((offset, index, mark)) = next else { break };
        pieces.extend([Piece::Text(&rest[..offset]), Piece::Name(index)]);
        rest = &rest[offset + mark.len()..];
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_placeholders_in_any_order() {
        let [first, second, _] = PLACEHOLDERS;
        assert_eq!(
            pieces(&format!("{second} asks {first}.")),
            [Piece::Name(1), Piece::Text(" asks "), Piece::Name(0), Piece::Text(".")]
        );
        assert_eq!(pieces("nobody"), [Piece::Text("nobody")]);
    }
}
