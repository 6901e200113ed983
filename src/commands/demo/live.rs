//! The demo on a terminal: frames at a calm pace, until simulated time is over or somebody has seen enough.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::stage::Stage;
use super::view::{self, Ink, Pace};
use crate::commands::Failure;

/// From frame to frame.
const FRAME: Duration = Duration::from_millis(40);
/// However long a frame took (or the machine slept), simulated time moves on as if it had been no more than this.
const LONGEST_FRAME: Duration = Duration::from_millis(200);
/// How long the last frame stays.
const CURTAIN: Duration = Duration::from_millis(2_500);
/// The rate of events is that of so much time.
const RATE_OVER: Duration = Duration::from_secs(1);

/// Shows the whole plan within `seconds`. Ends sooner by `q`, Esc, Ctrl-C or a signal; the terminal is then as it was before, and so it is
/// after an error or a panic.
///
/// # Errors
/// Those of the terminal, and those of the lanes.
pub fn show(stage: &mut Stage, seconds: u32) -> Result<(), Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    // Not SIGHUP: with the terminal gone there is nothing to restore, and reading from it need not return.
    for signal in [SIGINT, SIGTERM] {
        // The second one ends the process at once.
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, stop.clone())?;
        signal_hook::flag::register(signal, stop.clone())?;
    }
    // Restores the terminal on a panic, before its message is printed.
    let mut terminal = ratatui::try_init().inspect_err(|_| ratatui::restore())?;
    let shown = frames(stage, seconds, &mut terminal, &stop);
    let restored = ratatui::try_restore();
    shown?;
    Ok(restored?)
}

fn frames(stage: &mut Stage, seconds: u32, terminal: &mut DefaultTerminal, stop: &AtomicBool) -> Result<(), Failure> {
    let ink = Ink::from_environment();
    let whole = Duration::from_secs(seconds.into()).saturating_sub(CURTAIN).max(FRAME);
    let (start_ms, end_ms) = (stage.plan.start_ms, stage.plan.end_ms());
    let mut pace = Pace::default();
    let mut rate = Rate::new();
    let (mut shown_for, mut over_for) = (Duration::ZERO, Duration::ZERO);
    let mut last = Instant::now();
    while over_for < CURTAIN && !stop.load(Ordering::Relaxed) {
        let passed = last.elapsed().min(LONGEST_FRAME);
        last = Instant::now();
        if stage.is_over() {
            over_for += passed;
        } else if !pace.paused {
            shown_for += passed;
            let share = shown_for.as_secs_f64() / whole.as_secs_f64();
            stage.advance_to(start_ms + ((end_ms - start_ms) as f64 * share) as i64)?;
        }
        pace.events_per_second = rate.of(stage.pipeline.counts().events);
        terminal.draw(|frame| view::draw(frame, stage, pace, ink))?;
        match wait_for_key(FRAME.saturating_sub(last.elapsed()))? {
            Some(Wish::Leave) => break,
            Some(Wish::Pause) => pace.paused = !pace.paused,
            None => {}
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Leave,
    Pause,
}

/// What somebody wishes within `wait`, which passes whatever else is typed. A new size is drawn with the next frame.
fn wait_for_key(wait: Duration) -> io::Result<Option<Wish>> {
    let until = Instant::now() + wait;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match event::poll(left) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            // A signal: the flag tells which.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
            Err(error) => return Err(error),
        }
        if let Event::Key(key) = event::read()?
            && let Some(wish) = wish(key)
        {
            return Ok(Some(wish));
        }
    }
}

fn wish(key: KeyEvent) -> Option<Wish> {
    if key.kind != KeyEventKind::Press {
        return None;
    }
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Wish::Leave),
        KeyCode::Char('q' | 'Q') | KeyCode::Esc => Some(Wish::Leave),
        KeyCode::Char(' ') => Some(Wish::Pause),
        _ => None,
    }
}

/// Events of each second on the wall clock, told once a second so that it can be read.
struct Rate {
    since: Instant,
    before: u64,
    told: f64,
}

impl Rate {
    fn new() -> Self {
        Self { since: Instant::now(), before: 0, told: 0.0 }
    }

    fn of(&mut self, events: u64) -> f64 {
        let passed = self.since.elapsed();
        if passed >= RATE_OVER {
            self.told = (events - self.before) as f64 / passed.as_secs_f64();
            (self.since, self.before) = (Instant::now(), events);
        }
        self.told
    }
}
