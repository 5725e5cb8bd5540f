//! Style sheets without what only their writers need: done while compiling, as the sheets lie in the program.

/// A sheet without comments and without spaces that say nothing, and how long that is. `N` is the length of the text.
pub(super) const fn squeeze<const N: usize>(text: &str) -> ([u8; N], usize) {
    let (from, mut to) = (text.as_bytes(), [0; N]);
    let (mut at, mut length) = (0, 0);
    let (mut quote, mut is_spaced) = (None, false);
    while at < from.len() {
        let byte = from[at];
        at += 1;
        if let Some(end) = quote {
            to[length] = byte;
            length += 1;
            if byte == b'\\' && at < from.len() {
                to[length] = from[at];
                length += 1;
                at += 1;
            } else if byte == end {
                quote = None;
            }
            continue;
        }
        if byte == b'/' && at < from.len() && from[at] == b'*' {
            at += 1;
            while at < from.len() && !(from[at - 1] == b'*' && from[at] == b'/') {
                at += 1;
            }
            at += 1;
            continue;
        }
        if byte.is_ascii_whitespace() {
            is_spaced = true;
            continue;
        }
        let before = if length == 0 { b';' } else { to[length - 1] };
        if is_spaced
            && !matches!(before, b'{' | b'}' | b';' | b',' | b':')
            && !matches!(byte, b'{' | b'}' | b';' | b',')
        {
            to[length] = b' ';
            length += 1;
        }
        is_spaced = false;
        // The last declaration needs no end.
        if byte == b'}' && before == b';' && length > 0 {
            length -= 1;
        }
        if matches!(byte, b'"' | b'\'') {
            quote = Some(byte);
        }
        to[length] = byte;
        length += 1;
    }
    (to, length)
}

/// The beginning of what was squeezed.
pub(super) const fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let (mut to, mut at) = ([0; N], 0);
    while at < N {
        to[at] = bytes[at];
        at += 1;
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn expect<const N: usize>(text: &str, squeezed: &str) {
        let (bytes, length) = squeeze::<N>(text);
        assert_eq!(str::from_utf8(&bytes[..length]).unwrap(), squeezed);
    }

    #[test]
    fn what_only_writers_need_is_left_out() {
        expect::<200>(
            "@layer ui {\n  /* A button. */\n  .a > .b,\n  .c:not(.d) {\n    color: red;\n    margin: 0 auto;\n  }\n}\n",
            "@layer ui{.a > .b,.c:not(.d){color:red;margin:0 auto}}",
        );
    }

    #[test]
    fn spaces_that_say_something_stay() {
        expect::<100>("a  :hover{width:calc(1px + 2px)}", "a :hover{width:calc(1px + 2px)}");
        expect::<100>("@media (min-width: 3px) and (a) {}", "@media (min-width:3px) and (a){}");
        expect::<100>(
            r#"a::after { content: " \" /* b */ ;  "; }"#,
            r#"a::after{content:" \" /* b */ ;  "}"#,
        );
    }
}
