//! Plots as SVG, with lines and nothing else.

use std::fmt::Write as _;

use hospes_simulator::report::{Report, Row, Weather};

/// Size of one panel's field, and the room around it.
const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 260.0;
const MARGIN: f64 = 60.0;
/// Colors that are told apart also by those who see no red.
const COLORS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];

/// One line of a panel: its name and its points in the panel's units.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

/// A field with two axes that begin at nothing.
struct Panel {
    title: &'static str,
    across: &'static str,
    up: &'static str,
    lines: Vec<Line>,
    /// Ends of the axes.
    from: f64,
    most: (f64, f64),
    /// What is allowed, drawn across.
    budget: Option<f64>,
}

/// How long changes take, and how often they come, by the number of friends.
pub fn network(report: &Report) -> String {
    let times = report.rows.iter().filter(|row| row.degree == Some(4)).map(|row| {
        let ms = row.distribution.iter().enumerate();
        let points = ms.map(|(percent, ms)| (*ms as f64 / 1_000.0, percent as f64)).collect();
        Line { name: format!("{} nodes, {}", row.nodes, row.weather.name()), points }
    });
    let mut sizes: Vec<usize> = report.rows.iter().map(|row| row.nodes).collect();
    sizes.dedup();
    let calm = |row: &&Row| row.weather == Weather::Calm;
    let copies = sizes.into_iter().map(|nodes| {
        let rows = report.rows.iter().filter(calm).filter(|row| row.nodes == nodes);
        let points = rows.filter_map(|row| Some((row.degree? as f64, row.amplification)));
        Line { name: format!("{nodes} nodes, calm"), points: points.collect() }
    });
    let panels = [
        Panel {
            title: "Time until a change has come, four friends each",
            across: "seconds since it was saved",
            up: "% of the nodes have it",
            lines: times.collect(),
            from: 0.0,
            most: (5.0, 100.0),
            budget: None,
        },
        Panel {
            title: "How often a change comes",
            across: "friends of each node",
            up: "copies per copy needed",
            lines: copies.collect(),
            from: 3.0,
            most: (8.0, 4.0),
            budget: Some(2.0),
        },
    ];
    let mut svg = String::new();
    let (width, height) = (2.0 * (WIDTH + 2.0 * MARGIN), HEIGHT + 2.0 * MARGIN);
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>"
    );
    for (place, panel) in panels.iter().enumerate() {
        let left = place as f64 * (WIDTH + 2.0 * MARGIN) + MARGIN;
        panel.draw(left, &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

impl Panel {
    fn place(&self, left: f64, (across, up): (f64, f64)) -> (f64, f64) {
        let (most_across, most_up) = self.most;
        let part = ((across - self.from) / (most_across - self.from)).clamp(0.0, 1.0);
        (left + WIDTH * part, MARGIN + HEIGHT * (1.0 - (up / most_up).clamp(0.0, 1.0)))
    }

    fn draw(&self, left: f64, svg: &mut String) {
        let (right, bottom) = (left + WIDTH, MARGIN + HEIGHT);
        let text = |svg: &mut String, x: f64, y: f64, anchor: &str, words: &str| {
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
            );
        };
        let stroke = |svg: &mut String, points: &str, color: &str, dash: &str| {
            let _ = writeln!(
                svg,
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" \
                 stroke-width=\"1.5\" stroke-dasharray=\"{dash}\"/>"
            );
        };
        text(svg, left, MARGIN - 30.0, "start", self.title);
        text(svg, left, MARGIN - 12.0, "start", self.up);
        text(svg, (left + right) / 2.0, bottom + 36.0, "middle", self.across);
        let frame = format!("{left},{MARGIN} {left},{bottom} {right},{bottom}");
        stroke(svg, &frame, "#444", "none");
        for step in 0..=5 {
            let part = f64::from(step) / 5.0;
            let across = self.from + (self.most.0 - self.from) * part;
            let up = self.most.1 * part;
            let (x, y) = self.place(left, (across, up));
            text(svg, x, bottom + 18.0, "middle", &number(across));
            text(svg, left - 8.0, y + 4.0, "end", &number(up));
        }
        if let Some(budget) = self.budget {
            let (_, y) = self.place(left, (self.from, budget));
            stroke(svg, &format!("{left},{y:.1} {right},{y:.1}"), "#444", "4 4");
            text(svg, right, y - 6.0, "end", "budget at 4");
        }
        for (place, line) in self.lines.iter().enumerate() {
            let color = COLORS.get(place % COLORS.len()).copied().unwrap_or("black");
            let points: Vec<String> = line
                .points
                .iter()
                .map(|point| {
                    let (x, y) = self.place(left, *point);
                    format!("{x:.1},{y:.1}")
                })
                .collect();
            stroke(svg, &points.join(" "), color, "none");
            let y = bottom - 12.0 - 16.0 * place as f64;
            stroke(
                svg,
                &format!("{:.1},{:.1} {:.1},{:.1}", right - 170.0, y, right - 150.0, y),
                color,
                "none",
            );
            text(svg, right - 144.0, y + 4.0, "start", &line.name);
        }
    }
}

/// A number without digits that say nothing.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use hospes_simulator::report::{Options, report};

    use super::*;

    #[test]
    fn a_plot_has_a_line_for_each_network_and_stays_in_its_frame() {
        let options = Options { nodes: vec![8], degrees: vec![3, 4], seed: 1, changes: 10 };
        let svg = network(&report(&options, |_| {}));
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        for name in ["8 nodes, calm", "8 nodes, rough"] {
            assert!(svg.contains(name), "{name}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(svg.matches("<polyline").count() >= 6);
    }
}
