//! The keys of a snapshot, read once: whose each record is, and which of its owner's objects.
//!
//! A key is `<plan id>/<kind>/<class>/<number>`, and for interfaces and cables a `/<slot>` more.
//! Its texts recur by the hundred thousand, so each distinct one becomes a small number, a
//! [`Word`], and the keys a list sorted by owner, class and number: the few keys of a device stand
//! side by side, and a diff compares numbers. A key that more than one record carries is set
//! apart as *repeated* and leads to none of them. A key of another form leads nowhere, but counts
//! when it is repeated. The list is as long as the snapshot has keys, whatever they say.

use super::Kind;
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A distinct text of a snapshot. Words are numbered from 0 without gaps.
pub(crate) type Word = u32;

/// Where a word or an index stands for "there is none".
pub(crate) const NONE: u32 = u32::MAX;

/// A position or number of things as an index; the ceilings keep it far below [`NONE`].
pub(super) fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NONE)
}

/// Distinct texts. Only ever looked into, so neither the order nor the random seed of the hash
/// table reaches a result.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(HashMap<Box<str>, Word, RandomState>);

impl Words {
    /// The word of a text, new or known.
    pub(super) fn add(&mut self, text: &str) -> Word {
        if let Some(word) = self.0.get(text) {
            return *word;
        }
        let word = index(self.0.len());
        self.0.insert(text.into(), word);
        word
    }

    /// The word of a text, if any record has it.
    pub(super) fn find(&self, text: &str) -> Option<Word> {
        self.0.get(text).copied()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// An object that exactly one record is, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keyed {
    /// Its kind.
    pub(crate) kind: Kind,
    /// The last part of its key: of an interface its own slot, of a cable that of its lower end;
    /// of a device the empty text.
    pub(crate) slot: Word,
    /// Index among the records of its kind.
    pub(crate) record: u32,
}

/// A key and the record that carries it, in the order of [`Keys`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    owner: Word,
    class: Word,
    number: u32,
    kind: Kind,
    slot: Word,
    carrier: Kind,
    record: u32,
}

impl Entry {
    fn device(&self) -> (Word, Word, u32) {
        (self.owner, self.class, self.number)
    }

    fn key(&self) -> (Word, Word, u32, Kind, Word) {
        (self.owner, self.class, self.number, self.kind, self.slot)
    }
}

/// The keys of one device, its interfaces, and the cables of which it is the lower end.
#[derive(Clone, Copy, Debug)]
struct Row {
    device: (Word, Word, u32),
    /// Where its objects begin in [`Keys::objects`]; they end where the next row's begin.
    first: u32,
}

/// All keys of a snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    rows: Vec<Row>,
    objects: Vec<Keyed>,
    repeated: BTreeSet<Box<str>>,
}

/// Reads the keys of records one by one, and then orders them.
#[derive(Default)]
pub(super) struct KeyReader<'a> {
    entries: Vec<Entry>,
    other: HashSet<&'a str, RandomState>,
    repeated: BTreeSet<Box<str>>,
}

impl<'a> KeyReader<'a> {
    /// Reads the key of a record; gives the word of its owner, or [`NONE`].
    pub(super) fn read(
        &mut self,
        key: Option<&'a str>,
        carrier: Kind,
        record: u32,
        words: &mut Words,
    ) -> Word {
        let Some(key) = key else { return NONE };
        let owned = key.split_once('/');
        let owner = owned.map_or(NONE, |(owner, _)| words.add(owner));
        match owned.and_then(|(_, own)| parse(own)) {
            Some((kind, class, number, slot)) => {
                let (class, slot) = (words.add(class), words.add(slot));
                self.entries.push(Entry { owner, class, number, kind, slot, carrier, record });
            }
            None => {
                if !self.other.insert(key) {
                    self.repeated.insert(key.into());
                }
            }
        }
        owner
    }

    /// Orders what was read. `key_of` gives the key of a record again.
    pub(super) fn finish<'k>(mut self, key_of: impl Fn(Kind, u32) -> Option<&'k str>) -> Keys {
        self.entries.sort_unstable();
        let mut keys = Keys { repeated: self.repeated, ..Keys::default() };
        for same in self.entries.chunk_by(|a, b| a.key() == b.key()) {
            let Some(entry) = same.first() else { continue };
            if same.len() > 1 {
                keys.repeated.extend(key_of(entry.carrier, entry.record).map(Box::from));
                continue;
            }
            // A cable's key on a device names nothing; that device is no cable.
            if entry.carrier != entry.kind {
                continue;
            }
            if keys.rows.last().is_none_or(|row| row.device != entry.device()) {
                keys.rows.push(Row { device: entry.device(), first: index(keys.objects.len()) });
            }
            keys.objects.push(Keyed { kind: entry.kind, slot: entry.slot, record: entry.record });
        }
        keys.rows.shrink_to_fit();
        keys.objects.shrink_to_fit();
        keys
    }
}

impl Keys {
    /// The objects of a device of an owner: itself, its interfaces, the cables at its lower ends,
    /// in this order.
    pub(super) fn of_device(&self, owner: Word, class: Word, number: u32) -> &[Keyed] {
        let found = self.rows.binary_search_by_key(&(owner, class, number), |row| row.device);
        let Ok(at) = found else { return &[] };
        let first = |at: usize| self.rows.get(at).map(|row| row.first as usize);
        let from = first(at).unwrap_or_default();
        self.objects.get(from..first(at + 1).unwrap_or(self.objects.len())).unwrap_or_default()
    }

    /// Keys that more than one record carries, ascending.
    pub(super) fn repeated(&self) -> &BTreeSet<Box<str>> {
        &self.repeated
    }
}

/// Kind, class, number and slot of an object's key. Two texts never read as the same key: a class
/// has no slash, and a number no zeros before it.
fn parse(key: &str) -> Option<(Kind, &str, u32, &str)> {
    let (kind, rest) = key.split_once('/')?;
    let (class, rest) = rest.split_once('/')?;
    let (kind, number, slot) = match kind {
        "device" => (Kind::Device, rest, ""),
        "interface" => rest.split_once('/').map(|(n, slot)| (Kind::Interface, n, slot))?,
        "cable" => rest.split_once('/').map(|(n, slot)| (Kind::Cable, n, slot))?,
        _ => return None,
    };
    let plain = number.bytes().all(|b| b.is_ascii_digit());
    let shortest = number == "0" || !number.starts_with('0');
    let number = number.parse().ok().filter(|_| plain && shortest)?;
    Some((kind, class, number, slot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_parts_or_none() {
        for (key, expected) in [
            ("device/gpu/42", Some((Kind::Device, "gpu", 42, ""))),
            ("interface/gpu/0/rail-3/0", Some((Kind::Interface, "gpu", 0, "rail-3/0"))),
            ("cable/be-leaf/7/uplink/17", Some((Kind::Cable, "be-leaf", 7, "uplink/17"))),
            ("device/gpu/042", None),
            ("device/gpu/+42", None),
            ("device/gpu/", None),
            ("device/gpu/42/", None),
            ("device/gpu/4294967296", None),
            ("cable/gpu/42", None),
            ("rack/gpu/42", None),
            ("", None),
        ] {
            assert_eq!(parse(key), expected, "{key}");
        }
    }

    #[test]
    fn what_two_records_carry_leads_to_neither() {
        let records = [
            (Kind::Device, "p/device/gpu/1"),
            (Kind::Device, "q/device/gpu/1"),
            (Kind::Device, "p/device/gpu/2"),
            (Kind::Device, "p/device/gpu/2"),
            (Kind::Interface, "p/interface/gpu/1/nic/0"),
            (Kind::Cable, "p/cable/gpu/1/nic/0"),
            // The key of the cable, on a device.
            (Kind::Device, "p/cable/gpu/1/nic/0"),
            // One that names nothing where it stands.
            (Kind::Device, "p/cable/gpu/1/nic/1"),
            (Kind::Device, "p/note"),
            (Kind::Cable, "p/note"),
            (Kind::Cable, "note"),
        ];
        let (mut words, mut reader) = (Words::default(), KeyReader::default());
        let owners: Vec<Word> = (0..)
            .zip(records)
            .map(|(n, (kind, key))| reader.read(Some(key), kind, n, &mut words))
            .collect();
        let word = |text: &str| words.find(text).unwrap();
        assert_eq!(owners[10], NONE);
        assert!(
            owners[..10]
                .iter()
                .enumerate()
                .all(|(n, w)| *w == word(["p", "q"][usize::from(n == 1)]))
        );
        let keys = reader.finish(|_, record| records.get(record as usize).map(|(_, key)| *key));
        let repeated: Vec<&str> = keys.repeated().iter().map(|key| &**key).collect();
        assert_eq!(repeated, ["p/cable/gpu/1/nic/0", "p/device/gpu/2", "p/note"]);
        let found = |owner: &str, number: u32| {
            let keyed = keys.of_device(word(owner), word("gpu"), number);
            keyed.iter().map(|k| (k.kind, k.slot, k.record)).collect::<Vec<_>>()
        };
        let nothing = word("");
        assert_eq!(
            found("p", 1),
            [(Kind::Device, nothing, 0), (Kind::Interface, word("nic/0"), 4)]
        );
        assert_eq!(found("q", 1), [(Kind::Device, nothing, 1)]);
        assert_eq!(found("p", 2), []);
        assert_eq!(found("p", 3), []);
    }
}
