//! LightGBM trained by needle, beside LightGBM trained by its own Python package, on the same matrix with the same parameters.
//!
//! `cargo bench --bench training`: rounds in turn, wall and CPU seconds from the matrix to the model, one thread each. The trees have to
//! be the same, else it says so. Under `cargo test` it runs once, small. Without Python's venv module only our own side is timed.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use needle::random::Random;
use needle::training::contestants::trees::{Binned, parameters};
use needle::training::contestants::{Context, Served};
use needle::training::matrix::{Column, ColumnKind, Matrix, Row};
use needle::training::part::Part;
use serde::Deserialize;

const OWN: &str = "num_leaves=31 learning_rate=0.1 min_data_in_leaf=20";

/// What a run took.
#[derive(Clone, Debug, Deserialize)]
struct Took {
    wall: f64,
    cpu: f64,
    trees: String,
}

fn main() {
    let full = std::env::args().any(|arg| arg == "--bench");
    let (rows, width, boosts, rounds) = if full { (200_000, 150, 100, 5) } else { (2_000, 12, 5, 1) };
    let matrix = matrix(rows, width);
    let file = std::env::temp_dir().join(format!("needle-training-{}.f64", std::process::id()));
    write(&matrix, &file);
    println!("{rows} rows x {width} features, {boosts} rounds of boosting, one thread");
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let theirs = theirs(&matrix, &file, boosts);
        let ours = ours(&matrix, boosts);
        print!("needle {:.2} s wall, {:.2} s CPU", ours.wall, ours.cpu);
        match theirs {
            None => println!("; nothing to compare with"),
            Some(theirs) => {
                let same = if theirs.trees.trim() == ours.trees.trim() { "the same trees" } else { "OTHER TREES" };
                println!("; LightGBM {:.2} s wall, {:.2} s CPU; {same}", theirs.wall, theirs.cpu);
                ratios.push((theirs.wall / ours.wall, theirs.cpu / ours.cpu));
            }
        }
    }
    let _ = std::fs::remove_file(file);
    let median = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let mut list: Vec<f64> = ratios.iter().map(of).collect();
        list.sort_by(f64::total_cmp);
        list.get(list.len() / 2).copied()
    };
    if let (Some(wall), Some(cpu)) = (median(&|ratio| ratio.0), median(&|ratio| ratio.1)) {
        println!("needle's speed as a multiple of LightGBM's: {wall:.2} by wall, {cpu:.2} by CPU (median of {rounds})");
    }
}

fn ours(matrix: &Matrix, boosts: usize) -> Took {
    let context = Context::seeded(1);
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let binned = Binned::new(matrix, &Part::all(matrix), &context).expect("rows of both outcomes");
    let fitted = binned.train(matrix, &context, OWN, boosts).expect("a model");
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let Served::Trees { text, .. } = fitted.served else { unreachable!("trees are served as trees") };
    let trees = text.find("Tree=0").zip(text.find("end of trees")).map(|(start, end)| text[start..end].to_owned());
    Took { wall, cpu, trees: trees.unwrap_or_default() }
}

fn theirs(matrix: &Matrix, file: &Path, boosts: usize) -> Option<Took> {
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/venv"))
        .args(["run", "train.py"])
        .arg(file)
        .args([matrix.rows.len(), matrix.width(), boosts].map(|number| number.to_string()))
        .arg(parameters(matrix, &Context::seeded(1), OWN) + " num_threads=1")
        .output()
        .expect("bash is there");
    if output.status.code() == Some(3) {
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// Of all threads of this process, user and system, in steps of 10 ms.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name, which may hold anything, in brackets.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Counts, mostly 0, and times; a tenth of the rows convert.
fn matrix(rows: usize, width: usize) -> Matrix {
    let mut random = Random::new(1);
    let column = |place: usize| Column {
        name: format!("feature_{place}"),
        version: 1,
        kind: if place % 15 == 7 { ColumnKind::Category } else { ColumnKind::Number },
        group: String::new(),
        unit: String::new(),
        can_miss: true,
    };
    let mut matrix = Matrix { columns: (0..width).map(column).collect(), ..Matrix::default() };
    for lead in 0..rows as u64 {
        let start = matrix.values.len();
        for place in 0..width {
            matrix.values.push(match place % 15 {
                7 => random.below(12) as f64,
                0..5 => (random.unit() * 1000.0).round() / 10.0,
                _ if random.unit() < 0.8 => 0.0,
                _ => random.below(30) as f64,
            });
        }
        let row = &matrix.values[start..];
        let score = row[0] / 100.0 + row[1] * row[2] / 1e4 + if row[7] > 8.0 { 0.5 } else { 0.0 } + row[5] / 30.0;
        let positive = random.unit() < 0.2 * score / 2.0;
        matrix.rows.push(Row { lead, at_ms: lead as i64, positive, weight: 1.0, silent_ms: 0 });
    }
    matrix
}

fn write(matrix: &Matrix, file: &Path) {
    let labels = matrix.rows.iter().map(|row| f64::from(u8::from(row.positive)));
    let weights = matrix.rows.iter().map(|row| row.weight);
    let numbers = matrix.values.iter().copied().chain(labels).chain(weights);
    let bytes: Vec<u8> = numbers.flat_map(f64::to_le_bytes).collect();
    std::fs::File::create(file).and_then(|mut file| file.write_all(&bytes)).expect("room for the rows");
}
