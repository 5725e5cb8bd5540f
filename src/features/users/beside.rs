use leptos::prelude::*;

/// A width of the table that is told of the panel before the browser has laid the page out: what the panel took the last
/// time is what it takes again. Otherwise the rows would be laid out as they were before, and then once more.
pub(super) fn foreseen(width: Signal<f64>, is_beside: Memo<bool>) -> Signal<f64> {
    let takes = StoredValue::new(0.0);
    let ahead = RwSignal::new(None::<f64>);
    Effect::new(move |was_beside: Option<bool>| {
        let is_now = is_beside.get();
        if was_beside.is_some_and(|was_beside| was_beside != is_now) {
            let before = width.get_untracked();
            ahead.set(Some(if is_now { before - takes.get_value() } else { before + takes.get_value() }));
            // By the frame after the next it is known what is so.
            request_animation_frame(move || {
                request_animation_frame(move || {
                    let _ = ahead.try_set(None);
                    if is_beside.try_get_untracked() == Some(is_now)
                        && let Some(now) = width.try_get_untracked()
                    {
                        takes.try_set_value((now - before).abs());
                    }
                });
            });
        }
        is_now
    });
    Memo::new(move |_| ahead.get().unwrap_or_else(|| width.get())).into()
}
