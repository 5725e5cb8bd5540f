//! An entry as a line of JSON, for exports and archives. It has everything that the hash covers, so the holder of the key
//! can verify it, and everybody can follow the chain of hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::chain::{Record, Texts};
use super::hash::Hash;
use super::log::FORMAT;
use super::node_label::NodeLabel;
use super::text::Text;

/// The fields of a line. Absent fields are left out.
#[derive(Debug, Serialize, Deserialize)]
struct Fields {
    seq: i64,
    hash: String,
    /// The hash of the entry before.
    previous: String,
    id: Uuid,
    at: String,
    action: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    view: Option<Uuid>,
    details: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    texts: Option<Box<RawValue>>,
    proof: Proof,
}

/// What else the hash covers: the row id of the node, and the digests of the personal texts with their salts.
#[derive(Debug, Serialize, Deserialize)]
struct Proof {
    format: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<TextProof>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<TextProof>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    texts: Option<TextProof>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TextProof {
    digest: String,
    /// `None` once the text is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
}

/// An entry that was read from a line.
pub(super) struct ParsedLine {
    pub(super) seq: i64,
    pub(super) hash: Hash,
    pub(super) previous: Hash,
    pub(super) record: Record,
}

/// Returns the time of an entry as text. `None` for a time that the server never writes.
pub(super) fn time_text(at: i64) -> Option<String> {
    Some(DateTime::<Utc>::from_timestamp_millis(at)?.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Returns the line of an entry, without a line break. `None` if the entry has values that the server never writes.
pub(super) fn to_line(
    seq: i64,
    previous: &Hash,
    (record, hash): (&Record, &Hash),
    node: Option<&NodeLabel>,
) -> Option<String> {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).ok();
    let plain = |text: &Option<Text>| text.as_ref().and_then(Text::text).map(str::to_owned);
    let proof = |text: &Option<Text>| {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        text.as_ref().map(|text| TextProof {
            digest: encode(text.digest().as_bytes()),
            salt: text.salt().map(|salt| encode(&salt)),
        })
    };
    let mut fields = Fields {
        seq,
        hash: hash.to_string(),
        previous: previous.to_string(),
        id: Uuid::from_bytes(record.id),
        at: time_text(record.at)?,
        action: record.action.clone(),
        actor_id: record.actor.map(Uuid::from_bytes),
        actor: None,
        target_id: record.target.map(Uuid::from_bytes),
        target: None,
        node_id: node.map(|node| node.id),
        node: node.map(|node| node.name.clone()),
        view: record.view.map(Uuid::from_bytes),
        details: raw(&record.details)?,
        texts: None,
        proof: Proof { format: FORMAT, node: record.node, actor: None, target: None, texts: None },
    };
    match &record.texts {
        Texts::Hashed { actor_name, target_name } => {
            fields.proof.format = 1;
            (fields.actor, fields.target) = (actor_name.clone(), target_name.clone());
        }
        Texts::Erasable { actor_name, target_name, details } => {
            (fields.actor, fields.target) = (plain(actor_name), plain(target_name));
            if let Some(text) = plain(details) {
                fields.texts = Some(raw(&text)?);
            }
            fields.proof.actor = proof(actor_name);
            fields.proof.target = proof(target_name);
            fields.proof.texts = proof(details);
        }
    }
    serde_json::to_string(&fields).ok()
}

/// Returns the entry of a line. `None` for any other text. A receiver of syslog may have written a header before the entry.
pub(super) fn parse_line(line: &str) -> Option<ParsedLine> {
    let fields: Fields = serde_json::from_str(line.get(line.find('{')?..)?).ok()?;
    let text = |content: Option<String>, proof: Option<TextProof>| -> Option<Option<Text>> {
        let decode = |text: &String| URL_SAFE_NO_PAD.decode(text).ok();
        let digest = match proof.as_ref().map(|proof| &proof.digest) {
            Some(digest) => Some(decode(digest)?),
            None => None,
        };
        let salt = match proof.as_ref().and_then(|proof| proof.salt.as_ref()) {
            Some(salt) => Some(decode(salt)?),
            None => None,
        };
        Text::stored(content, salt.as_deref(), digest.as_deref()).ok()
    };
    let raw = |value: Box<RawValue>| value.get().to_owned();
    let texts = match fields.proof.format {
        1 => Texts::Hashed { actor_name: fields.actor, target_name: fields.target },
        FORMAT => Texts::Erasable {
            actor_name: text(fields.actor, fields.proof.actor)?,
            target_name: text(fields.target, fields.proof.target)?,
            details: text(fields.texts.map(raw), fields.proof.texts)?,
        },
        _ => return None,
    };
    Some(ParsedLine {
        seq: fields.seq,
        hash: Hash::parse(&fields.hash)?,
        previous: Hash::parse(&fields.previous)?,
        record: Record {
            id: fields.id.into_bytes(),
            at: DateTime::parse_from_rfc3339(&fields.at).ok()?.timestamp_millis(),
            action: fields.action,
            actor: fields.actor_id.map(Uuid::into_bytes),
            target: fields.target_id.map(Uuid::into_bytes),
            node: fields.proof.node,
            view: fields.view.map(Uuid::into_bytes),
            details: raw(fields.details),
            texts,
        },
    })
}
