//! Tests the lists that render only the rows in view, in a browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

#[path = "support/mounted.rs"]
mod mounted;

use leptos::html;
use leptos::prelude::*;
use mounted::{Mounted, press};
use studio_users::ui::{Menu, MenuItemRadio, RadioItem, RadioList, RowPlace, RowWindow, use_menu_ready};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

const ROWS: usize = 10_000;

/// The rows of a mounted list.
trait Rows {
    fn rows(&self) -> Vec<usize>;
    fn has_neighbours(&self, row: usize) -> bool;
    fn is_filled(&self) -> bool;
}

impl Rows for Mounted {
    /// The indices of the rows in the DOM.
    fn rows(&self) -> Vec<usize> {
        let row = |row: HtmlElement| row.get_attribute("data-row").unwrap().parse().unwrap();
        self.all("[data-row]").into_iter().map(row).collect()
    }

    fn has_neighbours(&self, row: usize) -> bool {
        let rows = self.rows();
        [row.saturating_sub(1), (row + 1).min(ROWS - 1)].iter().all(|row| rows.contains(row))
    }

    /// Whether rows fill the list.
    fn is_filled(&self) -> bool {
        let rect = self.one(".list").get_bounding_client_rect();
        [rect.top() + 4.0, f64::midpoint(rect.top(), rect.bottom()), rect.bottom() - 4.0].into_iter().all(
            |y| {
                self.all("[data-row]").iter().any(|row| {
                    let row = row.get_bounding_client_rect();
                    row.top() <= y && y <= row.bottom()
                })
            },
        )
    }
}

fn focused() -> HtmlElement {
    document().active_element().unwrap().unchecked_into()
}

/// A list of buttons in a scroll container. Every fifth row is higher.
#[component]
fn List(rows: RwSignal<usize>) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    let window = RowWindow::new(list, rows.into(), Signal::stored(None));
    let row_view = |place: RowPlace| {
        view! {
            <li
                data-row=place.row()
                aria-posinset=place.position()
                aria-setsize=place.size()
                style:margin-block-start=move || place.margin()
                style:block-size=if place.index().is_multiple_of(5) { "60px" } else { "40px" }
            >
                <button>{place.index()}</button>
            </li>
        }
        .into_any()
    };
    view! {
        <div class="list" style:block-size="320px" style:overflow="auto">
            <ul node_ref=list style:margin="0" style:padding="0">
                {window.rows(|row| u128::try_from(row).ok(), row_view)}
            </ul>
        </div>
    }
}

#[wasm_bindgen_test]
async fn renders_the_rows_in_view_of_a_long_list() {
    let mounted = Mounted::new(|_| view! { <List rows=RwSignal::new(ROWS) /> });
    mounted
        .until("the rows are measured", |mounted| mounted.one(".list").scroll_height() > 40 * 10_000)
        .await;
    assert!(mounted.rows().len() < 60, "{:?}", mounted.rows());
    let row = mounted.one("[data-row='9']");
    assert_eq!(row.get_attribute("aria-posinset").as_deref(), Some("10"));
    assert_eq!(row.get_attribute("aria-setsize").as_deref(), Some("10000"));
    for top in [2_000, 200_000, 90_000, 0] {
        mounted.one(".list").set_scroll_top(top);
        mounted.until("rows are in view", Mounted::is_filled).await;
        assert!(mounted.rows().len() < 60, "{:?}", mounted.rows());
    }
    mounted.one(".list").set_scroll_top(1_000_000);
    mounted.until("the end", |mounted| mounted.is_filled() && mounted.rows().contains(&9_990)).await;
}

#[wasm_bindgen_test]
async fn keeps_the_focused_row_and_its_neighbours() {
    let mounted = Mounted::new(|_| view! { <List rows=RwSignal::new(ROWS) /> });
    mounted.until("the rows", |mounted| mounted.rows().contains(&7)).await;
    let button = mounted.one("[data-row='7'] button");
    button.focus().unwrap();
    mounted.one(".list").set_scroll_top(200_000);
    mounted.until("rows are in view", |mounted| mounted.is_filled() && !mounted.rows().contains(&5)).await;
    assert_eq!(focused(), button);
    assert!([0, 6, 7, 8, 9_999].iter().all(|row| mounted.rows().contains(row)), "{:?}", mounted.rows());
    button.blur().unwrap();
    mounted.until("the row is removed", |mounted| !mounted.rows().contains(&7)).await;
}

#[wasm_bindgen_test]
async fn a_short_list_renders_all_rows_without_marks() {
    let rows = RwSignal::new(ROWS);
    let mounted = Mounted::new(move |_| view! { <List rows /> });
    mounted.until("the rows", |mounted| mounted.rows().contains(&7)).await;
    rows.set(100);
    mounted.until("all rows", |mounted| mounted.all("li").len() == 100).await;
    assert!(mounted.rows().is_empty());
    assert!(mounted.all("[aria-posinset], [aria-setsize]").is_empty());
    rows.set(101);
    mounted.until("the window", |mounted| mounted.rows().contains(&100)).await;
    assert!(mounted.all("li").len() < 60);
}

#[wasm_bindgen_test]
async fn the_keys_of_a_menu_reach_all_items() {
    let mounted = Mounted::new(|_| {
        let items = NodeRef::<html::Div>::new();
        view! {
            <div class="list">
                <Menu label=Signal::stored("Rows".to_string()) class="trigger" button=ViewFn::from(|| "Rows")>
                    {move || {
                        let window =
                            RowWindow::new(items, Signal::stored(ROWS), Signal::stored(Some(5_000)));
                        let item = |place: RowPlace| {
                            let row = place.index();
                            view! {
                                <MenuItemRadio
                                    is_checked=Signal::stored(row == 5_000)
                                    on_select=|()| ()
                                    place
                                >
                                    {row}
                                </MenuItemRadio>
                            }
                            .into_any()
                        };
                        let ready = use_menu_ready();
                        request_animation_frame(move || ready.run(()));
                        view! {
                            <div role="none" node_ref=items>
                                {window.rows(|row| u128::try_from(row).ok(), item)}
                            </div>
                        }
                    }}
                </Menu>
            </div>
        }
    });
    mounted.one(".trigger").click();
    let focus = |row: usize| move |_: &Mounted| focused().text_content() == Some(row.to_string());
    mounted.until("the checked item is focused", focus(5_000)).await;
    for (key, row) in [
        ("ArrowDown", 5_001),
        ("ArrowDown", 5_002),
        ("ArrowUp", 5_001),
        ("End", 9_999),
        ("ArrowUp", 9_998),
        ("Home", 0),
        ("ArrowUp", 9_999),
        ("ArrowDown", 0),
        ("ArrowDown", 1),
    ] {
        press(&focused(), key);
        mounted.until(key, focus(row)).await;
        // The neighbours of the focused item are rendered before the next key.
        mounted.until("the neighbours", |mounted| mounted.has_neighbours(row)).await;
    }
    assert!(mounted.rows().len() < 500, "{:?}", mounted.rows());
}

#[wasm_bindgen_test]
async fn the_keys_of_a_radio_list_select_values_beyond_the_first() {
    let selection = RwSignal::new(Some(6_000_usize));
    let values: Vec<usize> = (0..ROWS).collect();
    let mounted = Mounted::new(move |_| {
        let item = |value: usize| RadioItem {
            view: ViewFn::from(move || value),
            disabled_reason: (value == 6_002).then(|| ("reason".to_owned(), "Locked".to_owned())),
        };
        view! {
            <div class="list">
                <RadioList label="Rows" values=Signal::stored(values) key=|value| value as u128 item selection />
            </div>
        }
    });
    mounted.until("the tab stop", |mounted| mounted.rows().contains(&6_000)).await;
    assert_eq!(mounted.one("[tabindex='0']").get_attribute("data-row").as_deref(), Some("6000"));
    mounted.one("[tabindex='0']").focus().unwrap();
    for (key, row, selected) in [
        ("ArrowDown", 6_001, 6_001),
        ("ArrowDown", 6_002, 6_001),
        ("ArrowDown", 6_003, 6_003),
        ("End", 9_999, 9_999),
        ("ArrowDown", 0, 0),
    ] {
        press(&focused(), key);
        mounted.until(key, |_| focused().get_attribute("data-row") == Some(row.to_string())).await;
        assert_eq!(selection.get_untracked(), Some(selected));
        mounted.until("the neighbours", |mounted| mounted.has_neighbours(row)).await;
    }
}
