//! Intervals that run when a test says so.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The replaced `setInterval` and `clearInterval` of the window. Restores them on drop.
pub struct Intervals(JsValue);

impl Intervals {
    /// Replaces the functions. Intervals that run already are not affected.
    pub fn replace() -> Self {
        let replace = Function::new_no_args(
            "const { setInterval, clearInterval } = window;
            const callbacks = new Map();
            let last = 1_000_000;
            window.setInterval = (callback) => (callbacks.set(++last, callback), last);
            window.clearInterval = (id) => callbacks.delete(id) || clearInterval.call(window, id);
            return {
                tick: () => [...callbacks.values()].forEach((callback) => callback()),
                restore: () => Object.assign(window, { setInterval, clearInterval }),
            };",
        );
        Self(replace.call0(&JsValue::UNDEFINED).unwrap())
    }

    /// Calls the callback of each interval once.
    pub fn tick(&self) {
        self.call("tick");
    }

    fn call(&self, name: &str) {
        let function: Function = Reflect::get(&self.0, &name.into()).unwrap().unchecked_into();
        function.call0(&JsValue::UNDEFINED).unwrap();
    }
}

impl Drop for Intervals {
    fn drop(&mut self) {
        self.call("restore");
    }
}
