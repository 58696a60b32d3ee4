//! Places in a text, found in several ways, as one sequence.

/// Two sequences, each in order, as one in order.
pub(super) fn merged<T: Ord>(
    one: impl Iterator<Item = T>,
    two: impl Iterator<Item = T>,
) -> impl Iterator<Item = T> {
    let (mut one, mut two) = (one.peekable(), two.peekable());
    std::iter::from_fn(move || match (one.peek(), two.peek()) {
        (Some(first), Some(second)) if second < first => two.next(),
        (None, _) => two.next(),
        _ => one.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn two_sequences_are_one_in_order() {
        for (one, two, both) in [
            (&[1, 4, 5][..], &[2, 3, 4, 9][..], &[1, 2, 3, 4, 4, 5, 9][..]),
            (&[], &[1], &[1]),
            (&[1], &[], &[1]),
        ] {
            assert_eq!(merged(one.iter(), two.iter()).copied().collect::<Vec<_>>(), both);
        }
    }
}
