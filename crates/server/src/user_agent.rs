//! Device names for the list of sessions, from the `User-Agent` header.

use studio_users_contract::device_name;

/// The maximum length of a device name, in characters.
const MAX_CHARS: usize = 80;

/// Browsers by a token of their `User-Agent`. Most browsers also send the tokens of others, so the order
/// matters.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("Windows", "Windows"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Returns a device name such as `Firefox on Linux`.
pub(crate) fn describe_device(user_agent: &[u8]) -> String {
    let text = String::from_utf8_lossy(user_agent);
    let known = |list: &[(&str, &'static str)]| {
        list.iter().find(|(token, _)| text.contains(token)).map(|&(_, name)| name)
    };
    // Other programs start with their name, as in `curl/8.5.0`.
    let product = text.split(['/', ' ', '(']).next().unwrap_or_default();
    let program = known(&BROWSERS).unwrap_or(product);
    let device = match known(&SYSTEMS) {
        Some(system) if program.is_empty() => system.to_owned(),
        None if program.is_empty() => "Unknown".to_owned(),
        system => device_name(program, system),
    };
    device.chars().filter(|letter| !letter.is_control()).take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_browser_and_system() {
        let cases = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
                 Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "curl"),
            ("", "Unknown"),
        ];
        for (user_agent, device) in cases {
            assert_eq!(describe_device(user_agent.as_bytes()), device, "{user_agent}");
        }
    }

    #[test]
    fn truncates_unknown_agents_and_removes_control_characters() {
        let device = describe_device("a\tb\u{85}c".repeat(100).as_bytes());
        assert_eq!((device.chars().count(), device.chars().any(char::is_control)), (80, false));
        assert!(!describe_device(&[0xff, 0xfe, b'/']).is_empty());
    }
}
