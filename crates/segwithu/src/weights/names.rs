//! Names of parameters in the PyTorch reference.

/// The reference's name of the parameter at a module path such as `["backbone", "input_block", "conv1", "conv", "weight"]`.
///
/// Paths are the names already, but for the head's place (no prefix) and for the fusion block, whose layers
/// have numbers there.
pub(super) fn reference_name(path: &[String]) -> String {
    let mut parts = Vec::with_capacity(path.len());
    for (index, part) in path.iter().enumerate() {
        match part.as_str() {
            "head" if index == 0 => {}
            "conv0" => parts.push("0"),
            "norm4" => parts.push("4"),
            "conv3" if parts.last() == Some(&"fusion_block") => parts.push("3"),
            "norm1" if parts.last() == Some(&"fusion_block") => parts.push("1"),
            other => parts.push(other),
        }
    }
    parts.join(".")
}

/// The other name under which an official checkpoint may hold a decoder parameter.
///
/// MONAI registers every block twice. Checkpoints are written without duplicates and keep the alphabetically first
/// name, which for the decoder is `skip_layers.(next_layer.)^k upsample.<rest>` with `k = 3 - index`.
pub(super) fn official_alias(name: &str) -> Option<String> {
    let (prefix, rest) = match name.find("upsamples.") {
        Some(0) => ("", &name["upsamples.".len()..]),
        Some(at) if name[..at].ends_with('.') => name.split_at(at),
        _ => return None,
    };
    let rest = rest.strip_prefix("upsamples.").unwrap_or(rest);
    let (index, rest) = rest.split_once('.')?;
    let depth = 3_usize.checked_sub(index.parse().ok()?)?;
    Some(format!(
        "{prefix}skip_layers.{}upsample.{rest}",
        "next_layer.".repeat(depth)
    ))
}

#[cfg(test)]
mod tests {
    use super::{official_alias, reference_name};

    #[test]
    fn decoder_hides_under_skip_layers() {
        let alias = official_alias("backbone.upsamples.1.transp_conv.conv.weight");
        let expected =
            "backbone.skip_layers.next_layer.next_layer.upsample.transp_conv.conv.weight";
        assert_eq!(alias.as_deref(), Some(expected));
        let alias = official_alias("upsamples.3.conv_block.norm1.bias");
        assert_eq!(
            alias.as_deref(),
            Some("skip_layers.upsample.conv_block.norm1.bias")
        );
        assert_eq!(official_alias("backbone.output_block.conv.conv.bias"), None);
    }

    #[test]
    fn fusion_layers_are_numbers() {
        let path = ["head", "fusion", "fusion_block", "conv3", "weight"].map(str::to_owned);
        assert_eq!(reference_name(&path), "fusion.fusion_block.3.weight");
        let path = ["backbone", "bottleneck", "conv3", "conv", "weight"].map(str::to_owned);
        assert_eq!(
            reference_name(&path),
            "backbone.bottleneck.conv3.conv.weight"
        );
    }
}
