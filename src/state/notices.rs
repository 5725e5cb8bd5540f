use leptos::prelude::*;

/// How serious a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something is told.
    Info,
    /// Something went wrong. Stays until it is closed.
    Error,
}

/// A short word about what happened, that floats above the page for a while.
#[derive(Clone)]
pub struct Notice {
    /// Its number, which no other notice has.
    pub id: u32,
    /// How serious it is.
    pub tone: Tone,
    /// What it says.
    pub text: String,
    /// For how many seconds it stays, less the time for which the pointer or the focus rests on it.
    pub seconds: u32,
    /// What can be done about it.
    pub action: Option<NoticeAction>,
}

/// What can be done about something that happened.
#[derive(Clone)]
pub struct NoticeAction {
    /// What it is called.
    pub label: String,
    /// A key that does it from anywhere in the page.
    pub key: Option<&'static str>,
    /// Does it. The notice closes first.
    pub run: Callback<()>,
    /// Whether the notice counts down: when it goes, this can no longer be done so easily.
    pub counts_down: bool,
}

/// The notices shown, the newest last.
#[derive(Clone, Copy)]
pub struct Notices {
    /// All that are shown.
    pub shown: RwSignal<Vec<Notice>>,
    last: StoredValue<u32>,
}

/// How long a notice stays that asks for nothing, in seconds.
const SHORTLY: u32 = 6;

impl Default for Notices {
    fn default() -> Self {
        Self { shown: RwSignal::new(Vec::new()), last: StoredValue::new(0) }
    }
}

impl Notices {
    /// Tells that something was done.
    pub fn done(self, text: impl Into<String>) {
        self.push(Tone::Done, text.into(), SHORTLY, None);
    }

    /// Tells something.
    pub fn info(self, text: impl Into<String>) {
        self.push(Tone::Info, text.into(), SHORTLY, None);
    }

    /// Tells that something went wrong. It stays until it is closed.
    pub fn error(self, text: impl Into<String>) {
        self.push(Tone::Error, text.into(), 0, None);
    }

    /// Tells that something went wrong, and offers to try it again. It stays until it is closed.
    pub fn failed(self, text: impl Into<String>, label: impl Into<String>, retry: Callback<()>) {
        let action = NoticeAction { label: label.into(), key: None, run: retry, counts_down: false };
        self.push(Tone::Error, text.into(), 0, Some(action));
    }

    /// Tells that something was done, and offers something about it for so many seconds.
    pub fn offer(self, text: impl Into<String>, seconds: u32, action: NoticeAction) {
        self.push(Tone::Done, text.into(), seconds, Some(action));
    }

    /// Closes a notice.
    pub fn close(self, id: u32) {
        let _ = self.shown.try_update(|shown| shown.retain(|notice| notice.id != id));
    }

    // Answers come when the page may be gone already: then nobody is told.
    fn push(self, tone: Tone, text: String, seconds: u32, action: Option<NoticeAction>) {
        let id = self.last.try_update_value(|last| {
            *last += 1;
            *last
        });
        let Some(id) = id else { return };
        let _ = self.shown.try_update(|shown| shown.push(Notice { id, tone, text, seconds, action }));
    }
}

/// The notices of this page.
pub fn use_notices() -> Notices {
    expect_context()
}
