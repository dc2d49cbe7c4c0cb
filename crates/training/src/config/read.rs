//! From a TOML file to a checked configuration, with a recipe's changes of the head.

use toml::{Table, Value};

use crate::Error;
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
    /// [`Error::Toml`] with the line, [`Error::Value`] with key and value, and [`Error::UnknownRecipe`],
    /// [`Error::Recipe`], [`Error::RecipeTable`] and [`Error::ReservedRecipe`] for recipes.
    pub fn parse(text: &str, recipe: Option<&str>) -> Result<Self, Error> {
        let config: Self = toml::from_str(text).map_err(|error| fault(&error, text))?;
        config.check()?;
        let table: Table = toml::from_str(text).map_err(|error| fault(&error, text))?;
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
fn changed(table: &Table, recipes: &Table, recipe: &str) -> Result<RunConfig, Error> {
    let mut table = table.clone();
    change_head(&mut table, recipes, recipe)?;
    let with_recipe = |source: Error| Error::Recipe {
        recipe: recipe.to_owned(),
        source: Box::new(source),
    };
    let config: RunConfig = Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| with_recipe(fault(&error, "")))?;
    config.check().map_err(with_recipe)?;
    Ok(config)
}

fn change_head(table: &mut Table, recipes: &Table, recipe: &str) -> Result<(), Error> {
    let Some(Value::Table(head)) = table.get_mut("head") else {
        return Err(Error::Toml {
            line: None,
            message: "the table [head] is missing".to_owned(),
        });
    };
    match recipes.get(recipe) {
        Some(_) if recipe == REFERENCE => Err(Error::ReservedRecipe),
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
        Some(_) => Err(Error::RecipeTable(recipe.to_owned())),
        None => Err(Error::UnknownRecipe {
            recipe: recipe.to_owned(),
            known: std::iter::once(REFERENCE.to_owned())
                .chain(recipes.keys().cloned())
                .collect(),
        }),
    }
}

/// The first line of a fault, with its place where it is known.
fn fault(error: &toml::de::Error, text: &str) -> Error {
    let message = error.message().lines().next().unwrap_or("not TOML");
    let line = error.span().map(|span| {
        let before = text.get(..span.start);
        before.map_or(1, |before| before.matches('\n').count() + 1)
    });
    Error::Toml {
        line,
        message: message.to_owned(),
    }
}
