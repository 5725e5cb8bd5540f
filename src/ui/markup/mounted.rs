use std::borrow::Cow;
use std::cell::RefCell;

use leptos::prelude::RenderEffect;
use leptos::tachys::renderer::Rndr;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Node, Text};

use super::{Attribute, Child, Markup, Source, Target, Value};

thread_local! {
    /// The templates by their names. There are only a few.
    static TEMPLATES: RefCell<Vec<(&'static str, Mounted)>> = const { RefCell::new(Vec::new()) };
}

/// An element in the DOM, and what it was last changed to.
pub(super) struct Mounted {
    pub(super) element: Element,
    tag: &'static str,
    attributes: Vec<MountedAttribute>,
    children: Vec<MountedChild>,
}

enum MountedChild {
    Element(Mounted),
    Text(Text, Cow<'static, str>),
}

struct MountedAttribute {
    name: &'static str,
    target: Target,
    value: Value,
    /// The effect of a live value.
    live: Option<RenderEffect<Value>>,
}

impl Mounted {
    /// Creates an element, by cloning its template if there is one.
    pub(super) fn new(markup: Markup) -> Self {
        let Some(template) = markup.template else { return Self::create(markup) };
        let clone = TEMPLATES.with_borrow(|templates| {
            templates.iter().find(|(name, _)| *name == template).map(|(_, prototype)| prototype.deep_clone())
        });
        if let Some(mut mounted) = clone.flatten() {
            return match mounted.patch(markup) {
                Ok(()) => mounted,
                Err(markup) => Self::create(markup),
            };
        }
        let mounted = Self::create(markup);
        if let Some(prototype) = mounted.deep_clone() {
            TEMPLATES.with_borrow_mut(|templates| templates.push((template, prototype)));
        }
        mounted
    }

    /// Changes the element to what the markup describes. Returns the markup if the element cannot become it.
    pub(super) fn patch(&mut self, markup: Markup) -> Result<(), Markup> {
        if !self.can_become(&markup) {
            return Err(markup);
        }
        for (mounted, attribute) in self.attributes.iter_mut().zip(markup.attributes) {
            mounted.patch(&self.element, attribute.source);
        }
        let mut children = markup.children.into_iter();
        let mut kept = 0;
        for child in &mut self.children {
            let Some(new) = children.next() else { break };
            kept += 1;
            if let Err(new) = child.patch(new) {
                let new = MountedChild::create(new);
                let _ = self.element.replace_child(new.node(), child.node());
                *child = new;
            }
        }
        for removed in self.children.drain(kept..) {
            let _ = self.element.remove_child(removed.node());
        }
        for new in children {
            self.append(new);
        }
        Ok(())
    }

    fn create(markup: Markup) -> Self {
        let element = Rndr::create_element(markup.tag, markup.namespace());
        let mut mounted = Self { element, tag: markup.tag, attributes: Vec::new(), children: Vec::new() };
        for Attribute { name, target, source } in markup.attributes {
            let mut attribute = MountedAttribute { name, target, value: None, live: None };
            attribute.patch(&mounted.element, source);
            mounted.attributes.push(attribute);
        }
        for child in markup.children {
            mounted.append(child);
        }
        mounted
    }

    fn append(&mut self, child: Child) {
        let child = MountedChild::create(child);
        let _ = self.element.append_child(child.node());
        self.children.push(child);
    }

    /// Whether the element can be changed in place: it has the same tag and the same attributes.
    fn can_become(&self, markup: &Markup) -> bool {
        self.tag == markup.tag
            && self.attributes.len() == markup.attributes.len()
            && self.attributes.iter().zip(&markup.attributes).all(|(old, new)| old.name == new.name)
    }

    /// Clones the element with everything in it, but without the effects of live values.
    fn deep_clone(&self) -> Option<Self> {
        self.bind(self.element.clone_node_with_deep(true).ok()?)
    }

    /// Describes an element that equals this one.
    fn bind(&self, node: Node) -> Option<Self> {
        let element: Element = node.dyn_into().ok()?;
        let attributes = self.attributes.iter().map(|MountedAttribute { name, target, value, live }| {
            // Only attributes are cloned. A live value is written when its effect is created.
            let value = value.clone().filter(|_| live.is_none());
            MountedAttribute { name, target: *target, value, live: None }
        });
        let mut next = element.first_child();
        let mut children = Vec::with_capacity(self.children.len());
        for child in &self.children {
            let node = next?;
            next = node.next_sibling();
            children.push(match child {
                MountedChild::Element(element) => MountedChild::Element(element.bind(node)?),
                MountedChild::Text(_, text) => MountedChild::Text(node.dyn_into().ok()?, text.clone()),
            });
        }
        Some(Self { attributes: attributes.collect(), children, tag: self.tag, element })
    }
}

impl MountedChild {
    fn create(child: Child) -> Self {
        match child {
            Child::Element(markup) => Self::Element(Mounted::new(markup)),
            Child::Text(text) => Self::Text(Rndr::create_text_node(&text), text),
        }
    }

    fn patch(&mut self, child: Child) -> Result<(), Child> {
        match (self, child) {
            (Self::Element(element), Child::Element(markup)) => element.patch(markup).map_err(Child::Element),
            (Self::Text(node, old), Child::Text(new)) => {
                if *old != new {
                    node.set_node_value(Some(&new));
                    *old = new;
                }
                Ok(())
            }
            (_, child) => Err(child),
        }
    }

    fn node(&self) -> &Node {
        match self {
            Self::Element(element) => &element.element,
            Self::Text(text, _) => text,
        }
    }
}

impl MountedAttribute {
    fn patch(&mut self, element: &Element, source: Source) {
        match source {
            Source::Fixed(value) => {
                if self.value != value {
                    write(element, self.name, self.target, value.as_deref());
                    self.value = value;
                }
            }
            // The effect of the first description stays: a live value reads signals only.
            Source::Live(read) => {
                self.live.get_or_insert_with(|| {
                    let (element, name, target) = (element.clone(), self.name, self.target);
                    RenderEffect::new(move |previous: Option<Value>| {
                        let value = read();
                        if previous.as_ref() != Some(&value) {
                            write(&element, name, target, value.as_deref());
                        }
                        value
                    })
                });
            }
        }
    }
}

fn write(element: &Element, name: &str, target: Target, value: Option<&str>) {
    match (target, value) {
        (Target::Attribute, Some(value)) => Rndr::set_attribute(element, name, value),
        (Target::Attribute, None) => Rndr::remove_attribute(element, name),
        (Target::Property, value) => Rndr::set_property(element, name, &JsValue::from(value.is_some())),
        (Target::Style, value) => {
            let _ =
                element.unchecked_ref::<HtmlElement>().style().set_property(name, value.unwrap_or_default());
        }
    }
}
