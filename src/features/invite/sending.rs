//! What sending needs of the browser: keys that nobody guesses, and time.

use js_sys::{Math, Promise};
use leptos::prelude::window;
use uuid::Builder;
use wasm_bindgen_futures::JsFuture;

/// How long it is waited after the first try that got no answer, in milliseconds.
const FIRST_PAUSE: f64 = 400.0;

/// A key for one call.
pub(super) fn new_key() -> String {
    let mut bytes = [0; 16];
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if filled.is_err() {
        // A key is to differ from one's own others: it is no secret.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        bytes.fill_with(|| (Math::random() * 256.0) as u8);
    }
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Waits before another try: longer each time, and not as long as others do.
pub(super) async fn pause(tries: u32) {
    let longest = FIRST_PAUSE * f64::from(3_u32.pow(tries.saturating_sub(1).min(5)));
    let wait = longest * (0.5 + Math::random() / 2.0);
    let promise = Promise::new(&mut |resolve, _| {
        #[allow(clippy::cast_possible_truncation, reason = "some seconds")]
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, wait as i32);
    });
    // A timeout is never refused.
    let _ = JsFuture::from(promise).await;
}
