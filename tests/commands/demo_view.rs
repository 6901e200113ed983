//! The demo's live view: on every size of terminal a frame that tells what fits, and nothing but text where colours are not wanted.

use needle::commands::assembly::Assembly;
use needle::commands::demo::stage::Stage;
use needle::commands::demo::view::{Ink, Pace, draw};
use needle::config::Config;
use needle::simulate::{DAY_MS, Plan};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;

fn stage(days: i64) -> Stage {
    let assembly = Assembly::new(Config::from_toml("").expect("defaults")).expect("an assembly");
    let plan = Plan { seed: 1, leads: 300, start_ms: 1_767_571_200_000, days: 30 };
    let mut stage = Stage::open(&assembly, plan).expect("a stage");
    stage.advance_to(plan.start_ms + days * DAY_MS).expect("it goes on");
    stage
}

fn frame(stage: &Stage, width: u16, height: u16, colours: bool) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    let pace = Pace { paused: false, events_per_second: 210.0 };
    terminal.draw(|frame| draw(frame, stage, pace, Ink { colours })).expect("a frame");
    terminal.backend().buffer().clone()
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width.max(1));
    buffer.content.chunks(width).map(|row| row.iter().map(|cell| cell.symbol()).collect()).collect()
}

#[test]
fn no_size_is_too_small_or_too_large() {
    for days in [0, 20, 30] {
        let stage = stage(days);
        for width in (0..12).chain([39, 50, 79, 80, 100, 101, 149, 150, 152, 300]) {
            for height in (0..14).chain([24, 40, 100]) {
                let buffer = frame(&stage, width, height, true);
                assert_eq!((buffer.area.width, buffer.area.height), (width, height));
            }
        }
    }
}

#[test]
fn leads_jumps_and_the_way_out_are_there_on_a_usual_terminal() {
    let stage = stage(30);
    let (hottest, newest) = (stage.board.hottest(stage.now_ms(), 1)[0], stage.board.jumps().next().expect("a jump"));
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let text = lines(&frame(&stage, width, height, true)).join("\n");
        let jump = format!("{:>3} → {}", newest.from.expect("not the first"), newest.score);
        for wanted in [&hottest.lead, &newest.lead, &newest.rule, &jump, "because of", "q quit", "day 30 of 30"] {
            assert!(text.contains(wanted), "{wanted} at {width}x{height}:\n{text}");
        }
        let reason = &hottest.because[0];
        assert!(text.contains(&reason[..20]), "{reason} at {width}x{height}:\n{text}");
    }
    let small = lines(&frame(&stage, 40, 9, true)).join("\n");
    assert!(small.contains(&newest.rule) && small.contains("q quit"), "{small}");
}

#[test]
fn leads_stand_in_the_order_of_their_scores() {
    let stage = stage(25);
    let scores: Vec<u8> = stage.board.hottest(stage.now_ms(), 20).iter().map(|lead| lead.score).collect();
    assert!(scores.len() == 20 && scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let week_ago_ms = stage.now_ms() - 7 * DAY_MS;
    assert!(stage.board.hottest(stage.now_ms(), usize::MAX).iter().all(|lead| lead.at_ms > week_ago_ms));
}

#[test]
fn without_colours_there_are_none() {
    let stage = stage(20);
    let coloured = |colours| {
        let buffer = frame(&stage, 120, 40, colours);
        buffer.content.iter().filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset).count()
    };
    assert_eq!(coloured(false), 0);
    assert!(coloured(true) > 0);
    assert_eq!(lines(&frame(&stage, 120, 40, false)), lines(&frame(&stage, 120, 40, true)));
}
