//! A view that is described as a whole, for what the browser shows many times, such as the rows of a list.
//!
//! leptos's `view!` creates an effect for each value that changes. A row of a list would have some 30 of them, and a new
//! order of the list would run them all. A function that returns [`Markup`] describes the whole row instead, in *one*
//! effect. The DOM is compared with the new description, and only what differs is written. The first row of a kind is
//! kept as a template, and the others are clones of it.

mod html;
mod mounted;
mod view;

use std::borrow::Cow;

/// The value of an attribute. `None`: the element does not have the attribute.
pub type Value = Option<Cow<'static, str>>;

/// An element with its attributes and its content.
///
/// Attributes and children that come and go keep their places: [`Markup::attribute`] takes `None`, and elements of the
/// same tag with the same attributes are changed in place. Other elements are replaced.
pub struct Markup {
    tag: &'static str,
    attributes: Vec<Attribute>,
    children: Vec<Child>,
    /// The name of the template that the element is cloned from.
    template: Option<&'static str>,
}

enum Child {
    Element(Markup),
    Text(Cow<'static, str>),
}

struct Attribute {
    name: &'static str,
    target: Target,
    source: Source,
}

/// The place that a value is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Attribute,
    /// A boolean property, which is true if there is a value.
    Property,
    /// A CSS property. The content security policy forbids `style` attributes, so prerendered HTML has none.
    Style,
}

enum Source {
    Fixed(Value),
    /// A value with an effect of its own.
    Live(Box<dyn Fn() -> Value + Send>),
}

impl Markup {
    /// An element without attributes and content.
    pub const fn new(tag: &'static str) -> Self {
        Self { tag, attributes: Vec::new(), children: Vec::new(), template: None }
    }

    /// Clones the element from the first one with this name. All elements with the same name have the same tag and the
    /// same attributes; their content may differ.
    #[must_use]
    pub const fn cloned_from(mut self, template: &'static str) -> Self {
        self.template = Some(template);
        self
    }

    /// Sets the classes.
    #[must_use]
    pub fn class(self, classes: &'static str) -> Self {
        self.with("class", Target::Attribute, Source::Fixed(Some(classes.into())))
    }

    /// Sets an attribute.
    #[must_use]
    pub fn set(self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.with(name, Target::Attribute, Source::Fixed(Some(value.into())))
    }

    /// Sets an attribute if there is a value.
    #[must_use]
    pub fn attribute(self, name: &'static str, value: Value) -> Self {
        self.with(name, Target::Attribute, Source::Fixed(value))
    }

    /// Sets an attribute that changes by itself, more often than the rest.
    #[must_use]
    pub fn live(self, name: &'static str, value: impl Fn() -> Value + Send + 'static) -> Self {
        self.with(name, Target::Attribute, Source::Live(Box::new(value)))
    }

    /// Sets a boolean property that changes by itself.
    #[must_use]
    pub fn live_property(self, name: &'static str, value: impl Fn() -> bool + Send + 'static) -> Self {
        let value = move || value().then_some(Cow::Borrowed(""));
        self.with(name, Target::Property, Source::Live(Box::new(value)))
    }

    /// Sets a CSS property that changes by itself.
    #[must_use]
    pub fn live_style(self, name: &'static str, value: impl Fn() -> String + Send + 'static) -> Self {
        let value = move || Some(Cow::Owned(value()));
        self.with(name, Target::Style, Source::Live(Box::new(value)))
    }

    /// Appends an element.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(Child::Element(child));
        self
    }

    /// Appends elements.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        for child in children {
            self.children.push(Child::Element(child));
        }
        self
    }

    /// Appends a text.
    #[must_use]
    pub fn text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.children.push(Child::Text(text.into()));
        self
    }

    fn with(mut self, name: &'static str, target: Target, source: Source) -> Self {
        self.attributes.push(Attribute { name, target, source });
        self
    }

    /// The namespace of the element: that of SVG or, if `None`, of HTML.
    fn namespace(&self) -> Option<&'static str> {
        matches!(self.tag, "svg" | "path").then_some("http://www.w3.org/2000/svg")
    }
}

impl Source {
    fn value(&self) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Live(value) => value(),
        }
    }
}
