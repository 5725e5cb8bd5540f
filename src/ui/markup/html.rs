use super::{Attribute, Child, Markup, Target};

/// The elements without content and end tag that markup contains.
const VOID: [&str; 2] = ["input", "img"];

/// Writes an element as HTML.
pub(super) fn write(markup: &Markup, html: &mut String) {
    html.extend(["<", markup.tag]);
    for Attribute { name, target, source } in &markup.attributes {
        if *target != Target::Style
            && let Some(value) = source.value()
        {
            html.extend([" ", name, "=\""]);
            escape(&value, html);
            html.push('"');
        }
    }
    html.push('>');
    if VOID.contains(&markup.tag) {
        return;
    }
    for child in &markup.children {
        match child {
            Child::Element(element) => write(element, html),
            Child::Text(text) => escape(text, html),
        }
    }
    html.extend(["</", markup.tag, ">"]);
}

/// Escapes the characters that end a text or a quoted attribute value
/// (<https://html.spec.whatwg.org/multipage/parsing.html#escapingString>).
fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(character),
        }
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use leptos::prelude::RenderHtml;

    use super::*;

    #[test]
    fn escapes_texts_and_values_and_leaves_out_styles() {
        let markup = Markup::new("p")
            .set("title", "\"a\" <b> & c")
            .attribute("hidden", None)
            .live_style("color", || "red".into())
            .live_property("checked", || true)
            .child(Markup::new("input").set("type", "checkbox"))
            .text("</p><script>");
        assert_eq!(
            markup.to_html(),
            "<p title=\"&quot;a&quot; &lt;b&gt; &amp; c\" checked=\"\"><input type=\"checkbox\">\
             &lt;/p&gt;&lt;script&gt;</p>"
        );
    }
}
