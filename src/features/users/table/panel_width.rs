use leptos::prelude::*;

use crate::reactive::{effect, memo};

/// Predicts the table width when the panel opens or closes, before the browser lays out the page.
///
/// The prediction is that the panel takes as much width as the last time. Without it, the rows would be laid out for the
/// old width first and then again.
pub(crate) fn predict_width(width: Signal<f64>, is_panel_open: Memo<bool>) -> Signal<f64> {
    let panel_width = StoredValue::new(0.0);
    let predicted = RwSignal::new(None::<f64>);
    effect(move |was_panel_open: Option<bool>| {
        let is_open = is_panel_open.get();
        if was_panel_open.is_some_and(|was_panel_open| was_panel_open != is_open) {
            let previous = width.get_untracked();
            predicted.set(Some(if is_open {
                previous - panel_width.get_value()
            } else {
                previous + panel_width.get_value()
            }));
            // Uses the measured width again after two frames.
            request_animation_frame(move || {
                request_animation_frame(move || {
                    let _ = predicted.try_set(None);
                    if is_panel_open.try_get_untracked() == Some(is_open)
                        && let Some(now) = width.try_get_untracked()
                    {
                        panel_width.try_set_value((now - previous).abs());
                    }
                });
            });
        }
        is_open
    });
    memo(move |_| predicted.get().unwrap_or_else(|| width.get())).into()
}
