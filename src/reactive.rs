//! Memos and effects without their types.
//!
//! leptos compiles its own code for a memo or an effect once for each closure. These functions take the closure on the
//! heap instead, so that there is one copy for each type of value. That makes the program smaller.

use leptos::prelude::*;

/// Computes the value of a memo from the previous one.
type Compute<T> = Box<dyn Fn(Option<&T>) -> T + Send + Sync>;

/// Creates a [`Memo`]. Like [`Memo::new`].
pub fn memo<T>(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    #[inline(never)]
    fn new<T>(compute: Compute<T>) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(compute)
    }
    new(Box::new(compute))
}

/// Creates an [`Effect`]. Like [`Effect::new`] with the previous value.
pub fn effect<T: 'static>(run: impl FnMut(Option<T>) -> T + 'static) -> Effect<LocalStorage> {
    #[inline(never)]
    fn new<T: 'static>(run: Box<dyn FnMut(Option<T>) -> T>) -> Effect<LocalStorage> {
        Effect::new(run)
    }
    new(Box::new(run))
}
