//! One frame: what it is and when, how much has happened, the hottest leads, the newest jumps.
//!
//! A function of what there is to show; whatever does not fit is left out, down to a terminal of one cell.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::board::Entry;
use super::plain::{Score, grouped, shown};
use super::stage::Stage;
use crate::simulate::DAY_MS;

const HOUR_MS: i64 = DAY_MS / 24;

/// From here on leads and jumps stand side by side.
const SIDE_BY_SIDE: u16 = 150;
/// From here on a jump and its reasons share a line.
const ONE_LINE: u16 = 100;
/// Columns of a lead's id; longer ones are cut.
const ID: usize = 30;
/// Below this many rows there is room for one list.
const ONE_LIST: u16 = 9;
const MARGIN: u16 = 1;

/// How the show goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    pub paused: bool,
    /// On the wall clock.
    pub events_per_second: f64,
}

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    pub colours: bool,
}

impl Ink {
    /// No colours where `NO_COLOR` is set and not empty (<https://no-color.org>).
    pub fn from_environment() -> Self {
        Self { colours: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    fn colour(self, colour: Color) -> Style {
        if self.colours { Style::new().fg(colour) } else { Style::new() }
    }

    /// Dim rather than gray: gray is the background of some terminals.
    fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The hotter, the warmer.
    fn band(self, band: &str) -> Style {
        match band {
            "A" => self.colour(Color::Yellow),
            "B" => self.colour(Color::Cyan),
            "C" => self.colour(Color::Blue),
            _ => self.quiet(),
        }
    }
}

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, stage: &Stage, pace: Pace, ink: Ink) {
    let area = frame.area();
    let width = area.width.saturating_sub(2 * MARGIN);
    let area = Rect { x: area.x + MARGIN.min(area.width), width, ..area };
    let [head, body, foot] =
        Layout::vertical([Constraint::Length(4), Constraint::Min(0), Constraint::Length(1)]).areas(area);
    draw_lines(frame, head, header(stage, pace, ink, head.width));
    let (leads, jumps) = if body.height < ONE_LIST {
        (Rect { height: 0, ..body }, body)
    } else if area.width >= SIDE_BY_SIDE {
        let [leads, _, jumps] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(3), Constraint::Fill(1)]).areas(body);
        (leads, jumps)
    } else {
        let [leads, _, jumps] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)]).areas(body);
        (leads, jumps)
    };
    draw_lines(frame, leads, lead_lines(stage, ink, leads));
    draw_lines(frame, jumps, jump_lines(stage, ink, jumps));
    draw_lines(frame, foot, vec![footer(stage, pace, ink, foot.width)]);
}

fn draw_lines(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'_>>) {
    frame.render_widget(Paragraph::new(lines), area);
}

fn header(stage: &Stage, pace: Pace, ink: Ink, width: u16) -> Vec<Line<'static>> {
    let plan = stage.plan;
    let passed_ms = stage.now_ms() - plan.start_ms;
    let day = (passed_ms / DAY_MS + 1).min(plan.days.into());
    let clock = format!("{}   day {day} of {}", shown(stage.now_ms(), "%a %e %b %Y  %H:00"), plan.days);
    let title = vec![Span::styled("needle", ink.strong()), Span::styled("  simulated leads", ink.quiet())];
    let share = passed_ms as f64 / (plan.end_ms() - plan.start_ms).max(1) as f64;
    let done = (share * f64::from(width)) as usize;
    let bar = vec![
        Span::styled("━".repeat(done), ink.colour(Color::Cyan)),
        Span::styled("─".repeat(usize::from(width) - done), ink.quiet()),
    ];
    vec![apart(title, vec![Span::raw(clock)], width), Line::from(bar), numbers(stage, pace, ink, width)]
}

fn numbers(stage: &Stage, pace: Pace, ink: Ink, width: u16) -> Line<'static> {
    let counts = stage.pipeline.counts();
    let rate = format!("{:.0}", pace.events_per_second);
    let shown = [
        (grouped(stage.pipeline.leads() as u64), "leads"),
        (grouped(counts.events), "events"),
        (rate, "a second"),
        (grouped(counts.all_score_jumps()), "jumps"),
        (grouped(counts.transactions), "transactions"),
        (grouped(counts.duplicates), "duplicates"),
        (grouped(counts.all_dead_letters()), "dead letters"),
    ];
    let mut line = Line::default();
    for (number, name) in shown {
        let gap = if line.spans.is_empty() { "" } else { "   " };
        let whole = gap.len() + number.len() + 1 + name.len();
        if line.width() + whole <= usize::from(width) {
            line.push_span(Span::raw(format!("{gap}{number} ")));
            line.push_span(Span::styled(name, ink.quiet()));
        }
    }
    line
}

fn lead_lines(stage: &Stage, ink: Ink, area: Rect) -> Vec<Line<'static>> {
    let rows = usize::from(area.height.saturating_sub(1));
    let is_wide = area.width >= ONE_LINE;
    let bar_width = if is_wide { 16 } else { 8 };
    let mut lines = vec![heading("hottest leads of the last 7 days", ink, area.width)];
    for lead in stage.board.hottest(stage.now_ms(), rows) {
        let style = ink.band(&lead.band);
        let mut line = Line::from(vec![
            Span::styled(format!("{:>3}", lead.score), style.add_modifier(Modifier::BOLD)),
            Span::styled(format!(" {} ", lead.band), style),
            Span::styled(bar(lead.score, bar_width), style),
            Span::raw(format!("  {}  ", fitted(&lead.lead, ID))),
        ]);
        if is_wide {
            line.push_span(Span::styled(format!("{:>8}  ", ago(stage.now_ms() - lead.at_ms)), ink.quiet()));
        }
        push_rest(&mut line, &lead.because.join(", "), ink.quiet(), area.width);
        lines.push(line);
    }
    lines
}

fn jump_lines(stage: &Stage, ink: Ink, area: Rect) -> Vec<Line<'static>> {
    let mut lines = vec![heading("jumps, as they happen", ink, area.width)];
    let one_line = area.width >= ONE_LINE;
    let rows = usize::from(area.height.saturating_sub(1)) / if one_line { 1 } else { 2 };
    for jump in stage.board.jumps().take(rows) {
        let mut line = jump_line(jump, ink);
        let because = format!("because of {}", jump.because.join(", "));
        if one_line {
            push_rest(&mut line, &because, ink.quiet(), area.width);
            lines.push(line);
        } else {
            let mut reasons = Line::from("               ");
            push_rest(&mut reasons, &because, ink.quiet(), area.width);
            lines.extend([line, reasons]);
        }
    }
    lines
}

fn jump_line(jump: &Entry, ink: Ink) -> Line<'static> {
    let style = ink.band(&jump.band).add_modifier(Modifier::BOLD);
    Line::from(vec![
        Span::styled(format!("{}   ", shown(jump.at_ms, "%e %b %H:%M")), ink.quiet()),
        Span::styled(format!("{:<6}", jump.rule), style),
        Span::styled(format!("{:>3} → ", Score(jump.from)), ink.quiet()),
        Span::styled(format!("{:<3}", jump.score), style),
        Span::raw(format!("  {}  ", fitted(&jump.lead, ID))),
    ])
}

fn footer(stage: &Stage, pace: Pace, ink: Ink, width: u16) -> Line<'static> {
    let what = if stage.is_over() {
        "that was all: the summary follows"
    } else if pace.paused {
        "paused"
    } else {
        "invented leads, log in memory, lanes of `needle run`"
    };
    let keys = if width >= 50 { "space pause   q quit" } else { "q quit" };
    apart(vec![Span::styled(what, ink.quiet())], vec![Span::raw(keys)], width)
}

fn heading(text: &'static str, ink: Ink, width: u16) -> Line<'static> {
    let rest = usize::from(width).saturating_sub(text.len() + 1);
    Line::from(vec![Span::styled(text, ink.strong()), Span::styled(format!(" {}", "─".repeat(rest)), ink.quiet())])
}

/// Left and right edge of one line; where there is not room for both, the right one only.
fn apart(left: Vec<Span<'static>>, right: Vec<Span<'static>>, width: u16) -> Line<'static> {
    let (mut left, right) = (Line::from(left), Line::from(right));
    match usize::from(width).checked_sub(left.width() + right.width() + 2) {
        None => right,
        Some(gap) => {
            left.push_span(" ".repeat(gap + 2));
            left.spans.extend(right.spans);
            left
        }
    }
}

/// What of `text` fits behind the line; nothing where it is too little to be read.
fn push_rest(line: &mut Line<'static>, text: &str, style: Style, width: u16) {
    let left = usize::from(width).saturating_sub(line.width());
    if left >= 12 {
        line.push_span(Span::styled(fitted(text, left), style));
    }
}

/// Exactly `width` columns, cut with an ellipsis. Ids are as good as always ASCII; others are cut by characters.
fn fitted(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return format!("{text:<width$}");
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// How long ago, in one unit.
fn ago(passed_ms: i64) -> String {
    match passed_ms.max(0) / HOUR_MS {
        0 => "now".to_owned(),
        hours @ 1..48 => format!("{hours} h ago"),
        hours => format!("{} d ago", hours / 24),
    }
}

/// A bar of eighths of a cell.
fn bar(score: u8, width: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = usize::from(score.min(100)) * width * 8 / 100;
    let mut bar = "█".repeat(eighths / 8);
    bar.extend((eighths / 8 < width).then(|| EIGHTHS[eighths % 8]));
    format!("{bar:<width$}")
}
