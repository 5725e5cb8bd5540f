//! Minification of the style sheets at compile time, because the sheets are embedded in the program.

/// Removes comments and insignificant white space. Returns a buffer and the length of the result in it. `N` is the length of
/// the text.
pub(super) const fn minify_css<const N: usize>(text: &str) -> ([u8; N], usize) {
    let (input, mut output) = (text.as_bytes(), [0; N]);
    let (mut position, mut length) = (0, 0);
    let (mut quote, mut has_space) = (None, false);
    while position < input.len() {
        let byte = input[position];
        position += 1;
        if let Some(end) = quote {
            output[length] = byte;
            length += 1;
            if byte == b'\\' && position < input.len() {
                output[length] = input[position];
                length += 1;
                position += 1;
            } else if byte == end {
                quote = None;
            }
            continue;
        }
        if byte == b'/' && position < input.len() && input[position] == b'*' {
            position += 1;
            while position < input.len() && !(input[position - 1] == b'*' && input[position] == b'/') {
                position += 1;
            }
            position += 1;
            continue;
        }
        if byte.is_ascii_whitespace() {
            has_space = true;
            continue;
        }
        let previous = if length == 0 { b';' } else { output[length - 1] };
        if has_space
            && !matches!(previous, b'{' | b'}' | b';' | b',' | b':')
            && !matches!(byte, b'{' | b'}' | b';' | b',')
        {
            output[length] = b' ';
            length += 1;
        }
        has_space = false;
        // The last declaration of a block needs no semicolon.
        if byte == b'}' && previous == b';' && length > 0 {
            length -= 1;
        }
        if matches!(byte, b'"' | b'\'') {
            quote = Some(byte);
        }
        output[length] = byte;
        length += 1;
    }
    (output, length)
}

/// Returns the first `N` bytes.
pub(super) const fn truncate<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let (mut output, mut index) = ([0; N], 0);
    while index < N {
        output[index] = bytes[index];
        index += 1;
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_minified<const N: usize>(text: &str, expected: &str) {
        let (bytes, length) = minify_css::<N>(text);
        assert_eq!(str::from_utf8(&bytes[..length]).unwrap(), expected);
    }

    #[test]
    fn removes_comments_and_insignificant_white_space() {
        assert_minified::<200>(
            "@layer ui {\n  /* A button. */\n  .a > .b,\n  .c:not(.d) {\n    color: red;\n    margin: 0 auto;\n  }\n}\n",
            "@layer ui{.a > .b,.c:not(.d){color:red;margin:0 auto}}",
        );
    }

    #[test]
    fn keeps_significant_white_space() {
        assert_minified::<100>("a  :hover{width:calc(1px + 2px)}", "a :hover{width:calc(1px + 2px)}");
        assert_minified::<100>("@media (min-width: 3px) and (a) {}", "@media (min-width:3px) and (a){}");
        assert_minified::<100>(
            r#"a::after { content: " \" /* b */ ;  "; }"#,
            r#"a::after{content:" \" /* b */ ;  "}"#,
        );
    }
}
