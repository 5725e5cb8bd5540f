//! Which texts are e-mail addresses, and which addresses are the same.

use proptest::prelude::*;
use studio_users_domain::{AddressError, EmailAddress, Unicode};
use unicode_normalization::UnicodeNormalization;

/// The operations of the backend.
struct Crates;

impl Unicode for Crates {
    fn nfc(&self, text: &str) -> String {
        text.nfc().collect()
    }

    fn nfkc(&self, text: &str) -> String {
        text.nfkc().collect()
    }

    fn domain_to_ascii(&self, domain: &str) -> Option<String> {
        idna::domain_to_ascii(domain).ok()
    }
}

fn parse(text: &str) -> Result<EmailAddress, AddressError> {
    EmailAddress::parse(text, &Crates)
}

#[test]
fn accepts_addresses_of_any_script() {
    for text in [
        "lars@polder.example",
        " lars@polder.example\n",
        "o'brien+studio=1@mail.polder.example",
        "zoë@bücher.example",
        "mıke@x.example",
        "विक्रम@उदाहरण.example",
        "用户@例え.example",
        "дмитрий@пример.example",
        "x@b.co",
        "a-b_c@123.example",
    ] {
        assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
    }
}

#[test]
fn returns_the_reason_of_an_invalid_address() {
    let long_local = format!("{}@x.example", "a".repeat(65));
    let long_umlauts = format!("{}@x.example", "ä".repeat(33));
    let long_label = format!("a@{}.example", "b".repeat(64));
    let long_domain = format!("a@{}example", "bcdefghi.".repeat(30));
    for (text, error) in [
        ("", AddressError::AtSign),
        ("lars", AddressError::AtSign),
        ("a@b@c.example", AddressError::AtSign),
        ("lars@polder@", AddressError::AtSign),
        ("la rs@polder.example", AddressError::WhiteSpace),
        ("lars@polder.example\nBcc: x", AddressError::WhiteSpace),
        ("zoe\u{200b}@example.org", AddressError::Invisible),
        ("zoe@exam\u{ad}ple.org", AddressError::Invisible),
        ("\u{feff}zoe@example.org", AddressError::Invisible),
        ("zoe@example.org\u{202e}", AddressError::Invisible),
        ("zoe＠example.org", AddressError::LookAlike),
        ("zoé․x@example.org", AddressError::LookAlike),
        ("ｚｏｅ@example.org", AddressError::LookAlike),
        ("zо\u{435}@example.org", AddressError::LookAlike),
        ("zoe@exаmple.org", AddressError::LookAlike),
        ("@polder.example", AddressError::LocalPart),
        ("mailto:tina@example.org", AddressError::LocalPart),
        ("<vera@example.org>", AddressError::LocalPart),
        ("wim.@example.org", AddressError::LocalPart),
        (".wim@example.org", AddressError::LocalPart),
        ("a..b@example.org", AddressError::LocalPart),
        ("\"quoted\"@example.org", AddressError::LocalPart),
        ("a(comment)@example.org", AddressError::LocalPart),
        ("a\u{e000}@example.org", AddressError::LocalPart),
        (&long_local, AddressError::LocalPartTooLong),
        (&long_umlauts, AddressError::LocalPartTooLong),
        ("lars@", AddressError::Domain),
        ("lars@-polder.example", AddressError::Domain),
        ("lars@polder-.example", AddressError::Domain),
        ("lars@.example", AddressError::Domain),
        ("lars@polder..example", AddressError::Domain),
        ("lars@pol_der.example", AddressError::Domain),
        ("lars@pol%64er.example", AddressError::Domain),
        ("lars@polder.example/x", AddressError::Domain),
        ("lars@[192.0.2.1]", AddressError::Domain),
        ("lars@192.0.2.1", AddressError::Domain),
        ("lars@0x7f.1", AddressError::Domain),
        ("lars@xn--zzzzzzz99999.example", AddressError::Domain),
        ("lars@polder.example>", AddressError::Domain),
        (&long_label, AddressError::Domain),
        ("lars@polder", AddressError::Ending),
        ("lars@polder.", AddressError::Ending),
        (&long_domain, AddressError::TooLong),
    ] {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn one_international_domain_is_one_account() {
    let keys = [
        "zoe@bücher.example",
        "Zoe@BÜCHER.example",
        "ZOE@bu\u{308}cher.EXAMPLE",
        "zoe@XN--BCHER-kva.example",
    ]
    .map(|text| parse(text).unwrap().key());
    assert!(keys.iter().all(|key| key == "zoe@xn--bcher-kva.example"), "{keys:?}");
    assert_eq!(parse("mu\u{308}ller@x.example").unwrap().key(), parse("müller@x.example").unwrap().key());
    assert_ne!(parse("mıke@x.example").unwrap().key(), parse("mike@x.example").unwrap().key());
}

#[test]
fn mail_goes_to_the_ascii_domain() {
    let address = parse("Zoë@BÜCHER.example").unwrap();
    assert_eq!((address.local_part(), address.ascii_domain()), ("Zoë", "xn--bcher-kva.example"));
    assert_eq!(address.to_string(), "Zoë@BÜCHER.example");
    assert!(address.needs_smtputf8() && !parse("zoe@bücher.example").unwrap().needs_smtputf8());
}

proptest! {
    #[test]
    fn a_valid_address_can_be_written_in_a_header(text in "\\PC{0,12}@?\\PC{0,20}(\\.example)?") {
        if let Ok(address) = parse(&text) {
            let key = address.key();
            prop_assert!(key.len() <= 254 && key.split_once('@').unwrap().1.is_ascii());
            prop_assert_eq!(parse(&key).map(|address| address.key()), Ok(key));
            prop_assert!(!address.to_string().contains(['<', '>', ',', ';', ' ', '"']));
        }
    }
}
