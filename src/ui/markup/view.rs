use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::prelude::{AddAnyAttr, Mountable, Render, RenderHtml};
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::view::{Position, PositionState};
use web_sys::{Element, Node};

use super::mounted::Mounted;
use super::{Markup, html};

/// [`Markup`] in the DOM.
pub struct MarkupState(Mounted);

impl Render for Markup {
    type State = MarkupState;

    fn build(self) -> MarkupState {
        MarkupState(Mounted::new(self))
    }

    fn rebuild(self, state: &mut MarkupState) {
        if let Err(markup) = state.0.patch(self) {
            let mut new = Mounted::new(markup);
            state.0.element.insert_before_this(&mut new.element);
            state.0.element.unmount();
            state.0 = new;
        }
    }
}

impl RenderHtml for Markup {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        html::write(&self, buf);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> MarkupState {
        // The page hydrates nothing: it replaces prerendered HTML (docs/prerendering.md).
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for Markup {
    type Output<SomeNewAttr: Attribute> = Self;

    /// Ignores the attribute: markup is complete.
    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

impl Mountable for MarkupState {
    fn unmount(&mut self) {
        self.0.element.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        Rndr::insert_node(parent, &self.0.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.0.element.clone()]
    }
}
