//! Tables of Kubernetes facts, `rules/data/*.csv`: a header, then rows without quotes.

/// The rows of `table`, below its header, that have exactly `N` columns. A test of each table shows that all have.
pub(crate) fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        let mut row = [""; N];
        for cell in &mut row {
            *cell = cells.next()?;
        }
        cells.next().is_none().then_some(row)
    })
}

/// The words of a cell that holds a list.
pub(super) fn words(cell: &'static str) -> Vec<&'static str> {
    cell.split_ascii_whitespace().collect()
}

/// The API group that a cell writes: `core` stands for the one without a name.
pub(super) fn api_group(cell: &'static str) -> &'static str {
    if cell == "core" { "" } else { cell }
}

/// Checks what holds for every table: all rows have `N` columns, and they are sorted without duplicates.
#[cfg(test)]
pub(crate) fn assert_well_formed<const N: usize>(table: &'static str) {
    assert_eq!(table.lines().next().map(|header| header.split(',').count()), Some(N), "header");
    assert_eq!(rows::<N>(table).count(), table.lines().count() - 1, "every row has {N} columns");
    let lines: Vec<_> = table.lines().skip(1).collect();
    assert!(lines.is_sorted_by(|a, b| a < b), "sorted, without duplicates");
}
