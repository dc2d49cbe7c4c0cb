//! A plot, and how it becomes SVG.

use std::fmt::Write as _;

use crate::axis::{Axis, FittedAxis};

/// Size of a plot in CSS pixels, and the space around its axes.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 52.0;
/// Height of a line of the legend.
const LEGEND_LINE: f64 = 20.0;

/// Colours that people with a colour vision deficiency tell apart, after Okabe and Ito (2008), darkened or lightened to
/// stand out on white and on near-black alike.
const COLOURS: [&str; 8] = [
    "#0a7ec2", "#d55e00", "#009e73", "#c763a5", "#a97f00", "#3aa0d8", "#8a63d2", "#7f7f7f",
];
const DASHES: [&str; 4] = ["", "7 3", "2 3", "9 3 2 3"];

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// A line through the points.
    #[default]
    Line,
    /// A thin line for comparison, such as a diagonal.
    Guide,
    /// A dot for every point.
    Dots,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Name in the legend; not listed where it is empty.
    pub name: String,
    /// Values along both axes. A point that is not finite, or has no place on an axis, interrupts the line.
    pub points: Vec<(f64, f64)>,
    /// How it is drawn.
    pub mark: Mark,
}

impl Series {
    /// A line.
    pub fn line(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.to_owned(),
            points,
            mark: Mark::Line,
        }
    }

    /// Dots.
    pub fn dots(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            mark: Mark::Dots,
            ..Self::line(name, points)
        }
    }

    /// A thin line for comparison.
    pub fn guide(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            mark: Mark::Guide,
            ..Self::line(name, points)
        }
    }
}

/// A chart of one or more series over two axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plot {
    /// What it shows, above the axes.
    pub title: String,
    /// The same in a sentence or two, with the values that matter, for those who do not see it.
    pub description: String,
    /// Axis from left to right.
    pub x: Axis,
    /// Axis from bottom to top.
    pub y: Axis,
    /// What is drawn, the last one on top.
    pub series: Vec<Series>,
}

/// A length as written into the file: a tenth of a pixel is enough.
fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn escaped(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, character| {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                // XML 1.0 has no place for control characters.
                other if other.is_control() => out.push(' '),
                other => out.push(other),
            }
            out
        })
}

/// The part of the picture between the axes.
struct Frame {
    x: FittedAxis,
    y: FittedAxis,
}

impl Frame {
    fn at(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((
            LEFT + self.x.place(x)? * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - self.y.place(y)? * (HEIGHT - TOP - BOTTOM),
        ))
    }
}

impl Plot {
    /// The plot as an SVG document.
    pub fn svg(&self) -> String {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let frame = Frame {
            x: self.x.fit(points().map(|point| point.0)),
            y: self.y.fit(points().map(|point| point.1)),
        };
        let named = self
            .series
            .iter()
            .filter(|series| !series.name.is_empty())
            .count();
        let height = HEIGHT + named.div_ceil(2) as f64 * LEGEND_LINE;
        let (title, description) = (escaped(&self.title), escaped(&self.description));
        let mut text = String::new();
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title description\">\n\
             <title id=\"title\">{title}</title>\n\
             <desc id=\"description\">{description}</desc>\n\
             <style>text{{font:13px system-ui,sans-serif;fill:#1f2328}}.h{{font-weight:600;font-size:15px}}.a{{stroke:#59636e;fill:none}}.g{{stroke:#8b949e;stroke-opacity:.3}}\
             @media(prefers-color-scheme:dark){{text{{fill:#e6edf3}}.a{{stroke:#9198a1}}}}</style>"
        );
        let _ = writeln!(
            text,
            "<text class=\"h\" x=\"{}\" y=\"22\">{title}</text>",
            px(LEFT)
        );
        self.write_axes(&mut text, &frame);
        for (index, series) in self.series.iter().enumerate() {
            write_series(&mut text, &frame, series, index);
        }
        self.write_legend(&mut text);
        text.push_str("</svg>\n");
        text
    }

    fn write_axes(&self, text: &mut String, frame: &Frame) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for (place, label) in frame.x.ticks() {
            let x = LEFT + place * (right - LEFT);
            let (x, label_y) = (px(x), px(bottom + 18.0));
            let _ = writeln!(
                text,
                "<path class=\"g\" d=\"M{x} {}V{}\"/><text x=\"{x}\" y=\"{label_y}\" text-anchor=\"middle\">{label}</text>",
                px(TOP),
                px(bottom)
            );
        }
        for (place, label) in frame.y.ticks() {
            let y = bottom - place * (bottom - TOP);
            let _ = writeln!(
                text,
                "<path class=\"g\" d=\"M{} {y}H{}\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>",
                px(LEFT),
                px(right),
                px(LEFT - 8.0),
                px(y + 4.5),
                y = px(y)
            );
        }
        let _ = writeln!(
            text,
            "<path class=\"a\" d=\"M{l} {t}V{b}H{r}\"/>\n\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n\
             <text transform=\"translate(18 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            px((LEFT + right) / 2.0),
            px(HEIGHT - 14.0),
            escaped(&self.x.label),
            px((TOP + bottom) / 2.0),
            escaped(&self.y.label),
            l = px(LEFT),
            t = px(TOP),
            b = px(bottom),
            r = px(right),
        );
    }

    fn write_legend(&self, text: &mut String) {
        let named = self
            .series
            .iter()
            .enumerate()
            .filter(|(_, series)| !series.name.is_empty());
        for (place, (index, series)) in named.enumerate() {
            let x = LEFT + (place % 2) as f64 * (WIDTH - LEFT - RIGHT) / 2.0;
            let y = HEIGHT + (place / 2) as f64 * LEGEND_LINE + 4.0;
            match series.mark {
                Mark::Dots => {
                    let _ = write!(
                        text,
                        "<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{}\"/>",
                        px(x + 13.0),
                        px(y),
                        colour(index)
                    );
                }
                Mark::Line | Mark::Guide => {
                    let d = format!("M{} {}h26", px(x), px(y));
                    write_line(text, series.mark, index, &d);
                }
            }
            let _ = writeln!(
                text,
                "<text x=\"{}\" y=\"{}\">{}</text>",
                px(x + 34.0),
                px(y + 4.5),
                escaped(&series.name)
            );
        }
    }
}

fn colour(index: usize) -> &'static str {
    COLOURS.get(index % COLOURS.len()).copied().unwrap_or("")
}

fn write_line(text: &mut String, mark: Mark, index: usize, d: &str) {
    let (colour, dashes, width) = match mark {
        Mark::Guide => ("#8b949e", "3 4", 1.2),
        Mark::Line | Mark::Dots => (
            colour(index),
            DASHES.get(index % DASHES.len()).copied().unwrap_or(""),
            2.0,
        ),
    };
    let dashes = if dashes.is_empty() {
        String::new()
    } else {
        format!(" stroke-dasharray=\"{dashes}\"")
    };
    let _ = writeln!(
        text,
        "<path d=\"{d}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{dashes}/>"
    );
}

fn write_series(text: &mut String, frame: &Frame, series: &Series, index: usize) {
    if series.mark == Mark::Dots {
        let _ = writeln!(text, "<g fill=\"{}\" fill-opacity=\".7\">", colour(index));
        for (x, y) in series.points.iter().filter_map(|&point| frame.at(point)) {
            let _ = writeln!(
                text,
                "<circle cx=\"{}\" cy=\"{}\" r=\"3.5\"/>",
                px(x),
                px(y)
            );
        }
        text.push_str("</g>\n");
        return;
    }
    let mut d = String::new();
    let mut joined = false;
    for place in series.points.iter().map(|&point| frame.at(point)) {
        match place {
            Some((x, y)) => {
                let _ = write!(d, "{}{} {}", if joined { 'L' } else { 'M' }, px(x), px(y));
                joined = true;
            }
            None => joined = false,
        }
    }
    if !d.is_empty() {
        write_line(text, series.mark, index, &d);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Axis, Plot, Series};

    fn plot(series: Vec<Series>) -> Plot {
        Plot {
            title: "Risk <&> coverage".to_owned(),
            description: "Two methods.".to_owned(),
            x: Axis::new("coverage").between(0.0, 1.0),
            y: Axis::new("risk").between(0.0, 1.0),
            series,
        }
    }

    #[test]
    fn a_line_runs_from_its_first_point_to_its_last() {
        let svg = plot(vec![Series::line("ours", vec![(0.0, 0.0), (1.0, 1.0)])]).svg();
        assert!(svg.contains("d=\"M72 348L624 40\""), "{svg}");
        assert!(svg.contains(">ours</text>"));
    }

    #[test]
    fn title_and_description_are_there_for_readers_and_markup_is_escaped() {
        let svg = plot(Vec::new()).svg();
        assert!(svg.contains("<title id=\"title\">Risk &lt;&amp;&gt; coverage</title>"));
        assert!(svg.contains("<desc id=\"description\">Two methods.</desc>"));
        assert!(svg.contains("aria-labelledby=\"title description\""));
        assert!(!svg.contains("<&>"));
    }

    #[test]
    fn points_without_a_place_interrupt_the_line() {
        let points = vec![
            (0.0, 0.5),
            (0.25, f64::NAN),
            (0.5, 0.5),
            (0.75, 2.0),
            (1.0, 0.5),
        ];
        let svg = plot(vec![Series::line("gaps", points)]).svg();
        assert!(svg.contains("d=\"M72 194M348 194M624 194\""), "{svg}");
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn dots_are_drawn_one_by_one_and_an_unnamed_series_has_no_legend() {
        let dots = Series::dots("cases", vec![(0.2, 0.4), (0.4, 0.2)]);
        let guide = Series::guide("", vec![(0.0, 0.0), (1.0, 1.0)]);
        let svg = plot(vec![guide, dots]).svg();
        // Two cases and one in the legend.
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("stroke-dasharray").count(), 1);
    }

    #[test]
    fn every_element_is_closed() {
        let svg = plot(vec![
            Series::line("a", vec![(0.1, 0.1), (0.2, 0.3)]),
            Series::dots("b", vec![(0.5, 0.5)]),
        ])
        .svg();
        let opened = svg.matches('<').count() - svg.matches("</").count();
        let closed = svg.matches("/>").count() + svg.matches("</").count();
        assert_eq!(opened, closed);
    }
}
