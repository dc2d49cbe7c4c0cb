//! Tests on real data, which is not part of the repository.
//!
//! Images, golden files and trained models stand in one folder: the one that the environment variable
//! `PENUMBRA_SHARED` names (a relative path counts from the workspace's root), else `shared` beside the workspace.
//! This crate is the only place that knows this rule. A test that needs some of the data says which:
//!
//! ```no_run
//! #[test_data::test("golden/metrics.json")]
//! fn areas_agree_with_the_reference() {
//!     let text = std::fs::read_to_string(test_data::path!("golden/metrics.json")).unwrap();
//!     assert!(text.starts_with('{'));
//! }
//! ```
//!
//! With the file this is an ordinary `#[test]`. Without it, `cargo test` does not run it and says so:
//!
//! ```text
//! test areas_agree_with_the_reference ... ignored, needs ../shared/golden/metrics.json; set PENUMBRA_SHARED
//! ```
//!
//! Whether the data is there is looked up when the test is compiled. A changed `PENUMBRA_SHARED` compiles it again.
//! Data that comes into the same folder later does not: touch the test's file, or run
//! `cargo test -- --include-ignored`. Data that has gone since makes the test fail.
//!
//! The crate is a procedural macro because only an attribute can mark a test as ignored, and needs no parser because
//! it looks at nothing but its own arguments.

mod rule;

use proc_macro::{Delimiter, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use rule::DataFolder;

/// A `#[test]` that is ignored where any of the named files or folders is absent.
///
/// The arguments are string literals: paths below the data folder, with `/` between their parts. Other attributes
/// (`#[should_panic]`, `#[cfg(...)]`, doc comments) may stand before or after it. A test that is ignored for a reason
/// of its own (`#[ignore = "takes an hour"]`, written after this attribute) keeps that reason.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let paths = match literals(arguments) {
        Ok(paths) => paths,
        Err((message, span)) => return compile_error(message, span),
    };
    let mut output = tracking();
    output.extend(parse("#[::core::prelude::v1::test]"));
    if let Some(reason) = DataFolder::from_environment().reason_to_ignore(&paths)
        && !has_ignore(item.clone())
    {
        let mut attribute = parse("ignore =");
        attribute.extend([TokenTree::from(Literal::string(&reason))]);
        output.extend([
            TokenTree::from(Punct::new('#', Spacing::Alone)),
            proc_macro::Group::new(Delimiter::Bracket, attribute).into(),
        ]);
    }
    output.extend(item);
    output
}

/// The absolute path of something below the data folder, as a `PathBuf`.
///
/// The argument is any expression that `Path::join` takes; without one the macro gives the data folder itself.
/// Nothing is looked up: a missing file shows when it is read.
#[proc_macro]
pub fn path(relative: TokenStream) -> TokenStream {
    let folder = DataFolder::from_environment().absolute();
    let mut block = tracking();
    block.extend(parse("::std::path::PathBuf::from"));
    block.extend([group(
        Delimiter::Parenthesis,
        TokenTree::from(Literal::string(&folder)).into(),
    )]);
    if !relative.is_empty() {
        block.extend(parse(".join"));
        block.extend([group(Delimiter::Parenthesis, relative)]);
    }
    group(Delimiter::Brace, block).into()
}

/// Lets cargo know that the result depends on the variable.
fn tracking() -> TokenStream {
    parse(&format!(
        "const _: ::core::option::Option<&str> = ::core::option_env!({:?});",
        rule::VARIABLE
    ))
}

/// The attribute's arguments.
fn literals(arguments: TokenStream) -> Result<Vec<String>, (&'static str, Span)> {
    const EXPECTED: &str =
        "expected paths as string literals, such as \"golden/metrics.json\", with commas between";
    let mut paths = Vec::new();
    let mut tokens = arguments.into_iter();
    while let Some(token) = tokens.next() {
        let span = token.span();
        let path = rule::literal_text(&token.to_string()).ok_or((EXPECTED, span))?;
        rule::check(&path).map_err(|message| (message, span))?;
        paths.push(path);
        match tokens.next() {
            None => {}
            Some(TokenTree::Punct(comma)) if comma.as_char() == ',' => {}
            Some(other) => return Err((EXPECTED, other.span())),
        }
    }
    if paths.is_empty() {
        return Err((
            "name the data that the test needs, or use a plain #[test]",
            Span::call_site(),
        ));
    }
    Ok(paths)
}

/// Whether one of the attributes before the function's name is `ignore`.
fn has_ignore(item: TokenStream) -> bool {
    item.into_iter()
        .take_while(|token| !matches!(token, TokenTree::Ident(word) if word.to_string() == "fn"))
        .any(|token| match token {
            TokenTree::Group(attribute) if attribute.delimiter() == Delimiter::Bracket => {
                attribute.stream().into_iter().next().is_some_and(
                    |first| matches!(first, TokenTree::Ident(word) if word.to_string() == "ignore"),
                )
            }
            _ => false,
        })
}

fn compile_error(message: &str, span: Span) -> TokenStream {
    let mut argument = TokenTree::from(Literal::string(message));
    argument.set_span(span);
    let mut arguments = group(Delimiter::Brace, argument.into());
    arguments.set_span(span);
    [
        TokenTree::from(Ident::new("compile_error", span)),
        Punct::new('!', Spacing::Alone).into(),
        arguments,
    ]
    .into_iter()
    .collect()
}

fn group(delimiter: Delimiter, stream: TokenStream) -> TokenTree {
    proc_macro::Group::new(delimiter, stream).into()
}

/// Tokens of a text that stands in this file.
fn parse(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}
