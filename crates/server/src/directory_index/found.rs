//! The users that a search has found, for the cache. Most words are in few texts.

use super::bitmap::Bitmap;

/// The size of a number in a list, in bits. A bitmap has one bit for each possible number.
const BITS_PER_NUMBER: usize = 32;

/// A set of user numbers: a sorted list if there are few, or a bitmap.
#[derive(Debug, Clone)]
pub(super) enum Found {
    Few(Vec<u32>),
    Many(Bitmap),
}

impl From<Bitmap> for Found {
    fn from(users: Bitmap) -> Self {
        if users.len() * BITS_PER_NUMBER < users.size() * 8 {
            Self::Few(users.iter().collect())
        } else {
            Self::Many(users)
        }
    }
}

impl Found {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(users) => users.len(),
            Self::Many(users) => users.len(),
        }
    }

    pub(super) fn contains(&self, user: u32) -> bool {
        match self {
            Self::Few(users) => users.binary_search(&user).is_ok(),
            Self::Many(users) => users.contains(user),
        }
    }

    pub(super) fn set(&mut self, user: u32, is_member: bool) {
        match self {
            Self::Few(users) => match (users.binary_search(&user), is_member) {
                (Ok(at), false) => {
                    users.remove(at);
                }
                (Err(at), true) => users.insert(at, user),
                _ => {}
            },
            Self::Many(users) => users.set(user, is_member),
        }
    }

    /// Keeps the members that meet a condition.
    pub(super) fn filter(&self, mut meets: impl FnMut(u32) -> bool) -> Self {
        match self {
            Self::Few(users) => Self::Few(users.iter().copied().filter(|&user| meets(user)).collect()),
            Self::Many(users) => users.filter(meets).into(),
        }
    }

    /// Returns the members that are in another set, too.
    pub(super) fn within(&self, other: &Bitmap) -> Bitmap {
        match self {
            Self::Few(users) => {
                let mut common = Bitmap::default();
                users.iter().filter(|&&user| other.contains(user)).for_each(|&user| common.insert(user));
                common
            }
            Self::Many(users) => users.and(other),
        }
    }

    /// The memory that the set uses beside itself, in bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Few(users) => users.capacity() * size_of::<u32>(),
            Self::Many(users) => users.size(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(users: impl IntoIterator<Item = u32>) -> Bitmap {
        let mut bitmap = Bitmap::default();
        users.into_iter().for_each(|user| bitmap.insert(user));
        bitmap
    }

    #[test]
    fn few_and_many_behave_alike() {
        let members: Vec<u32> = (0..2_000).step_by(40).collect();
        let found: Found = bitmap(members.clone()).into();
        assert!(matches!(found, Found::Few(_)));
        let other = bitmap((0..3_000).step_by(60));
        for mut set in [found, Found::Many(bitmap(members))] {
            assert_eq!(
                (set.len(), set.contains(80), set.contains(81), set.contains(9_999)),
                (50, true, false, false)
            );
            let common: Vec<u32> = set.within(&other).iter().collect();
            assert_eq!(common, (0..2_000).step_by(120).collect::<Vec<_>>());
            assert_eq!(set.filter(|user| user >= 1_000).len(), 25);
            for (user, is_member) in [(80, false), (81, true), (81, true), (83, false)] {
                set.set(user, is_member);
            }
            assert_eq!((set.len(), set.contains(80), set.contains(81)), (50, false, true));
        }
        assert!(matches!(Found::from(bitmap(0..2_000)), Found::Many(_)));
    }
}
