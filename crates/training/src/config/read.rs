//! From a TOML file to a checked configuration, with a recipe's changes of the head.

use toml::{Table, Value};

use crate::config::sections::RunConfig;

/// Name of the recipe that every configuration has.
const REFERENCE: &str = "reference";
/// Keys of `[head]` that say how large a run on this data set is; the reference recipe keeps them and nothing else.
const SIZES: [&str; 6] = [
    "steps",
    "batch",
    "patch",
    "num_probes",
    "validate_every",
    "validation",
];

impl RunConfig {
    /// Reads and checks the text of a configuration.
    ///
    /// A recipe changes the head: `reference` leaves of `[head]` only what says how large the run is, any other name
    /// stands for a table `[recipes.NAME]` whose keys replace those of `[head]`.
    ///
    /// # Errors
    /// A sentence with the line or the key, and the value.
    pub fn parse(text: &str, recipe: Option<&str>) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| said(&error, text))?;
        config.check()?;
        let table: Table = toml::from_str(text).map_err(|error| said(&error, text))?;
        // All of them, though only one is used: a misspelt key should not wait for its turn.
        for name in config.recipes.keys() {
            changed(&table, &config.recipes, name)?;
        }
        recipe.map_or(Ok(config.clone()), |name| {
            changed(&table, &config.recipes, name)
        })
    }
}

/// The configuration with a recipe's head.
fn changed(table: &Table, recipes: &Table, recipe: &str) -> Result<RunConfig, String> {
    let mut table = table.clone();
    change_head(&mut table, recipes, recipe)?;
    let config: RunConfig = Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| {
            format!("with the recipe `{recipe}`: {}", said(&error, ""))
        })?;
    config
        .check()
        .map_err(|reason| format!("with the recipe `{recipe}`: {reason}"))?;
    Ok(config)
}

fn change_head(table: &mut Table, recipes: &Table, recipe: &str) -> Result<(), String> {
    let Some(Value::Table(head)) = table.get_mut("head") else {
        return Err("the table [head] is missing".to_owned());
    };
    match recipes.get(recipe) {
        Some(_) if recipe == REFERENCE => {
            Err("recipes.reference is the reference's own name; choose another".to_owned())
        }
        None if recipe == REFERENCE => {
            head.retain(|key, _| SIZES.contains(&key));
            Ok(())
        }
        Some(Value::Table(changes)) => {
            for (key, value) in changes {
                head.insert(key.clone(), value.clone());
            }
            Ok(())
        }
        Some(_) => Err(format!(
            "recipes.{recipe} must be a table of keys of [head]"
        )),
        None => {
            let mut known = vec![REFERENCE];
            known.extend(recipes.keys().map(String::as_str));
            Err(format!(
                "there is no recipe `{recipe}`; choose among {}",
                known.join(", ")
            ))
        }
    }
}

/// The first line of a fault, with its place where it is known.
fn said(error: &toml::de::Error, text: &str) -> String {
    let message = error.message().lines().next().unwrap_or("not TOML");
    match error.span() {
        Some(span) => {
            let line = text
                .get(..span.start)
                .map_or(1, |before| before.matches('\n').count() + 1);
            format!("line {line}: {message}")
        }
        None => message.to_owned(),
    }
}
