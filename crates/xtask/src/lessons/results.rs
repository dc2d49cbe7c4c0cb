//! A table of docs/results.md as data, so that a lesson shows the figures that were measured and no copy of them.

use serde_json::{Value, json};

/// The columns that a lesson shows, by their heads.
const COLUMNS: [(&str, &str); 4] = [
    ("AUROC", "auroc"),
    ("AURC x 1000", "aurc"),
    ("ECE", "ece"),
    ("ms", "ms"),
];

/// The rows of the table that `named` tells: the identifier of a model, then `near` or `all`.
///
/// # Errors
/// What is wrong, for the file that asks for the table.
pub fn table(measured: &str, named: &str) -> Result<Vec<Value>, String> {
    let absent = || {
        format!(
            "asks for the results `{named}`: write a model of docs/results.md and `near` or `all`"
        )
    };
    let (model, region) = named.split_once(' ').ok_or_else(absent)?;
    let heading = match region {
        "near" => "### Near the object",
        "all" => "### All voxels",
        _ => return Err(absent()),
    };
    let lines = measured
        .lines()
        .skip_while(|line| *line != format!("## {model}"));
    let section = lines.skip(1).take_while(|line| !line.starts_with("## "));
    let rows = section
        .skip_while(|line| *line != heading)
        .skip(1)
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    let mut rows = rows.map(cells);
    let heads = rows.next().ok_or_else(absent)?;
    // The line under the heads.
    rows.next();
    let rows = rows.map(|row| {
        let mut entry = json!({ "method": row.first() });
        for (head, key) in COLUMNS {
            let place = heads.iter().position(|cell| *cell == head);
            let value = place.and_then(|place| value(row.get(place)?));
            let value = value.ok_or_else(|| {
                format!("asks for the results `{named}`, where a row has no number under `{head}`")
            })?;
            if let Value::Object(fields) = &mut entry {
                fields.insert(key.to_owned(), json!(value));
            }
        }
        Ok(entry)
    });
    rows.collect()
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// The number of a cell such as `**0.8559** (0.83 to 0.88)`, without its interval.
fn value(cell: &str) -> Option<f64> {
    let first = cell.split_whitespace().next()?;
    first.trim_matches('*').parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const TEXT: &str = "## one\n\n### All voxels\n\n| method | AUROC | AURC x 1000 | ECE | ms |\n|---|---|---|---|---|\n| a | **0.9** (0.8 to 1) | 3 | 0.1 | 12 |\n\n## two\n\n### Near the object\n\n| method | AUROC | AURC x 1000 | NLL | ECE | ms |\n|---|---|---|---|---|---|\n| b | 0.7 | 5 (4 to 6) | 9 | 0.2 | 30 |\n| c | 0.6 | 6 | 9 | 0.3 | 40 |\n";

    #[test]
    fn the_rows_of_the_named_table_are_found() {
        let rows = table(TEXT, "two near").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows[0],
            json!({ "method": "b", "auroc": 0.7, "aurc": 5.0, "ece": 0.2, "ms": 30.0 })
        );
        assert_eq!(table(TEXT, "one all").unwrap()[0]["auroc"], 0.9);
    }

    #[test]
    fn a_table_that_is_not_there_is_an_error() {
        for named in ["one near", "three all", "two far", "two"] {
            assert!(table(TEXT, named).unwrap_err().contains(named));
        }
        assert!(
            table(&TEXT.replace("0.7", "-"), "two near")
                .unwrap_err()
                .contains("AUROC")
        );
    }
}
