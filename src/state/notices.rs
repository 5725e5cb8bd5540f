use leptos::prelude::*;

/// The severity of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// An action succeeded.
    Success,
    /// Neutral information.
    Info,
    /// A failure. The notice stays until the user closes it.
    Error,
}

/// A toast: a short message above the page that closes by itself after some seconds.
#[derive(Clone)]
pub struct Notice {
    /// A unique number.
    pub id: u32,
    /// The severity.
    pub tone: Tone,
    /// The message.
    pub text: String,
    /// The time until the notice closes, in seconds. It does not count while the notice has the pointer or the focus.
    /// 0 means that the notice stays.
    pub seconds: u32,
    /// The button of the notice.
    pub action: Option<NoticeAction>,
}

/// The button of a notice, such as Undo.
#[derive(Clone)]
pub struct NoticeAction {
    /// The label of the button.
    pub label: String,
    /// A keyboard shortcut for the action, active anywhere in the page.
    pub key: Option<&'static str>,
    /// Runs the action. The notice closes first.
    pub run: Callback<()>,
    /// Whether the notice shows a countdown, because the action is harder to reach after the notice has closed.
    pub counts_down: bool,
}

/// The open notices.
#[derive(Clone, Copy)]
pub struct Notices {
    /// The open notices, the newest last.
    pub shown: RwSignal<Vec<Notice>>,
    last: StoredValue<u32>,
}

/// The default time until a notice closes, in seconds.
const DEFAULT_SECONDS: u32 = 6;

impl Default for Notices {
    fn default() -> Self {
        Self { shown: RwSignal::new(Vec::new()), last: StoredValue::new(0) }
    }
}

impl Notices {
    /// Reports that an action succeeded.
    pub fn success(self, text: impl Into<String>) {
        self.push(Tone::Success, text.into(), DEFAULT_SECONDS, None);
    }

    /// Shows neutral information.
    pub fn info(self, text: impl Into<String>) {
        self.push(Tone::Info, text.into(), DEFAULT_SECONDS, None);
    }

    /// Reports a failure. The notice stays until the user closes it.
    pub fn error(self, text: impl Into<String>) {
        self.push(Tone::Error, text.into(), 0, None);
    }

    /// Reports a failure with a button that retries. The notice stays until the user closes it.
    pub fn error_with_retry(self, text: impl Into<String>, label: impl Into<String>, retry: Callback<()>) {
        let action = NoticeAction { label: label.into(), key: None, run: retry, counts_down: false };
        self.push(Tone::Error, text.into(), 0, Some(action));
    }

    /// Reports that an action succeeded, with a button such as Undo. The notice closes after the given seconds.
    pub fn success_with_action(self, text: impl Into<String>, seconds: u32, action: NoticeAction) {
        self.push(Tone::Success, text.into(), seconds, Some(action));
    }

    /// Closes a notice.
    pub fn close(self, id: u32) {
        let _ = self.shown.try_update(|shown| shown.retain(|notice| notice.id != id));
    }

    // A response may arrive after the page was unmounted. The signals are disposed then, and the notice is dropped.
    fn push(self, tone: Tone, text: String, seconds: u32, action: Option<NoticeAction>) {
        let id = self.last.try_update_value(|last| {
            *last += 1;
            *last
        });
        let Some(id) = id else { return };
        let _ = self.shown.try_update(|shown| shown.push(Notice { id, tone, text, seconds, action }));
    }
}

/// Returns the notices of this page from the context.
pub fn use_notices() -> Notices {
    expect_context()
}
