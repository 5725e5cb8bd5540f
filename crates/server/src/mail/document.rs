//! The layout of mails, as plain text and as HTML.
//!
//! The HTML sets colours only for the button and the logo, together with their backgrounds. Everything else
//! uses the colours of the mail program, in light and dark mode.

use studio_users_domain::Language;

use super::sentence::{Sentence, escape, lines, shorten};

/// The maximum length of a subject, in bytes. Encoded words take more than half as much again, so the encoded header has
/// at most 998 octets. <https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1>
const MAX_SUBJECT_BYTES: usize = 480;
const BODY: &str = "margin:0;padding:24px 16px;font:15px/24px system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif";
const CARD: &str =
    "max-width:520px;margin:0 auto;padding:32px;border:1px solid rgba(128,128,128,.3);border-radius:16px";
const LOGO: &str = "display:inline-block;margin:0 0 24px;padding:1px 9px;border:1px solid rgba(128,128,128,.4);border-radius:8px;background:#14181f;color:#ffffff;font-size:14px;font-weight:700";
const TITLE: &str = "margin:0 0 8px;font-size:24px;line-height:32px;font-weight:600;letter-spacing:-.2px;overflow-wrap:anywhere";
const PARAGRAPH: &str = "margin:0 0 16px;overflow-wrap:anywhere";
const HEADING: &str = "margin:0 0 8px;font-size:14px;line-height:20px;font-weight:600";
const LIST: &str = "margin:0 0 16px;padding:0 0 0 20px";
const CHECKS: &str = "margin:0 0 24px;padding:0;list-style:none;font-size:14px;line-height:24px";
const QUOTE: &str = "margin:24px 0;padding:12px 16px;border-inline-start:3px solid rgba(128,128,128,.5);border-radius:0 8px 8px 0;background:rgba(128,128,128,.1);overflow-wrap:anywhere";
const ACTION: &str = "margin:24px 0 12px";
const BUTTON: &str = "display:inline-block;padding:12px 28px;border-radius:8px;background:#2b5cdb;color:#ffffff;font-size:16px;font-weight:600;text-decoration:none";
const SMALL: &str = "margin:0 0 12px;font-size:13px;line-height:20px;opacity:.8";
const LINK: &str = "overflow-wrap:anywhere";
const RULE: &str = "height:0;margin:24px 0 20px;border:0;border-top:1px solid rgba(128,128,128,.3)";
const FOOTER: &str =
    "max-width:520px;margin:16px auto 0;font-size:12px;line-height:18px;text-align:center;opacity:.8";

/// The content of a mail, independent of its format.
pub(crate) struct MailDocument {
    /// The language of the texts.
    pub(super) language: Language,
    /// The subject and title.
    pub(super) title: Sentence,
    /// The body.
    pub(super) blocks: Vec<Block>,
    /// The reason why the mail was sent.
    pub(super) footer: Sentence,
    /// The URL that switches mails of this kind off.
    pub(super) unsubscribe: Option<String>,
}

/// A block of the body.
pub(super) enum Block {
    /// A paragraph.
    Paragraph(Sentence),
    /// A heading.
    Heading(Sentence),
    /// A bulleted list.
    List(Vec<Sentence>),
    /// A list with check marks.
    Checks(Vec<Sentence>),
    /// A thematic break (`hr`).
    Rule,
    /// A personal message.
    Quote(String),
    /// The button, with its URL.
    Button(Sentence, String),
    /// A paragraph in small type.
    Small(Sentence),
    /// The URL of the button, for mail programs that do not show the button. Omitted from the plain text,
    /// which has the URL already.
    FallbackLink(Sentence, String),
    /// A URL with an explanation, in small type.
    Link(Sentence, String),
}

impl MailDocument {
    /// Returns the subject, shortened if the names in it are long.
    pub(super) fn subject(&self) -> String {
        shorten(&self.title.plain(), MAX_SUBJECT_BYTES)
    }

    /// Returns the plain text.
    pub(super) fn plain(&self) -> String {
        let mut text = self.title.plain();
        for block in &self.blocks {
            if let Some(block) = block.plain() {
                text.push_str("\n\n");
                text.push_str(&block);
            }
        }
        format!("{text}\n\n-- \n{}\n", self.footer.plain())
    }

    /// Returns the HTML.
    pub(super) fn html(&self) -> String {
        let (language, title, footer) = (self.language.tag(), self.title.html(), self.footer.html());
        let head_title = escape(&self.title.plain());
        let blocks: String = self.blocks.iter().map(Block::html).collect();
        format!(
            "<!doctype html>\n<html lang=\"{language}\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{head_title}</title>\n</head>\n\
             <body style=\"{BODY}\">\n<div style=\"{CARD}\">\n<div style=\"{LOGO}\">Studio</div>\n\
             <h1 style=\"{TITLE}\">{title}</h1>\n{blocks}</div>\n<p style=\"{FOOTER}\">{footer}</p>\n</body>\n</html>\n"
        )
    }
}

impl Block {
    fn plain(&self) -> Option<String> {
        Some(match self {
            Self::Paragraph(sentence) | Self::Heading(sentence) | Self::Small(sentence) => sentence.plain(),
            Self::List(entries) | Self::Checks(entries) => {
                entries.iter().map(|entry| format!("- {}", entry.plain())).collect::<Vec<_>>().join("\n")
            }
            Self::Quote(text) => {
                lines(text).iter().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
            }
            Self::Button(label, url) => format!("{}:\n{url}", label.plain()),
            Self::Link(before, url) => format!("{}\n{url}", before.plain()),
            Self::FallbackLink(..) | Self::Rule => return None,
        })
    }

    fn html(&self) -> String {
        match self {
            Self::Paragraph(sentence) => format!("<p style=\"{PARAGRAPH}\">{}</p>\n", sentence.html()),
            Self::Heading(sentence) => format!("<h2 style=\"{HEADING}\">{}</h2>\n", sentence.html()),
            Self::List(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|entry| format!("<li>{}</li>", entry.html())).collect();
                let entries = entries.join("\n");
                format!("<ul style=\"{LIST}\">\n{entries}\n</ul>\n")
            }
            Self::Checks(entries) => {
                let tick = "<span aria-hidden=\"true\">✓&nbsp; </span>";
                let entries: Vec<_> =
                    entries.iter().map(|entry| format!("<li>{tick}{}</li>", entry.html())).collect();
                let entries = entries.join("\n");
                format!("<ul style=\"{CHECKS}\">\n{entries}\n</ul>\n")
            }
            Self::Rule => format!("<hr style=\"{RULE}\">\n"),
            Self::Quote(text) => {
                let lines: Vec<_> = lines(text).iter().map(|line| escape(line)).collect();
                format!("<blockquote dir=\"auto\" style=\"{QUOTE}\">{}</blockquote>\n", lines.join("<br>\n"))
            }
            Self::Button(label, url) => format!(
                "<p style=\"{ACTION}\"><a href=\"{}\" style=\"{BUTTON}\">{}</a></p>\n",
                escape(url),
                label.html()
            ),
            Self::Small(sentence) => format!("<p style=\"{SMALL}\">{}</p>\n", sentence.html()),
            Self::FallbackLink(before, url) | Self::Link(before, url) => {
                let (before, url) = (before.html(), escape(url));
                format!(
                    "<p style=\"{SMALL}\">{before}<br>\n<a href=\"{url}\" style=\"{LINK}\">{url}</a></p>\n"
                )
            }
        }
    }
}
