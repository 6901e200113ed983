//! Fewer points, the same line to the eye.

/// The same line with fewer points, in pixels: at most four for each column of pixels, and none within `tolerance` of the line through
/// the others (Douglas and Peucker, 1973).
///
/// Points are finite; they are put in order of x.
pub fn thinned(mut points: Vec<(f64, f64)>, tolerance: f64) -> Vec<(f64, f64)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let points = columns(&points);
    if points.len() < 3 {
        return points;
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    let mut open = vec![(0, points.len() - 1)];
    while let Some((first, last)) = open.pop() {
        if let Some((middle, distance)) = farthest(&points, first, last)
            && distance > tolerance
        {
            keep[middle] = true;
            open.push((first, middle));
            open.push((middle, last));
        }
    }
    points.into_iter().zip(keep).filter_map(|(point, kept)| kept.then_some(point)).collect()
}

/// Of the points in each column of pixels the first, the lowest, the highest and the last, in their order: more cannot be seen, and what
/// follows takes the square of their number at worst.
fn columns(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    for column in points.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let ys = || column.iter().enumerate().map(|(nth, point)| (nth, point.1));
        let lowest = ys().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(nth, _)| nth);
        let highest = ys().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(nth, _)| nth);
        let mut places = [0, lowest, highest, column.len() - 1];
        places.sort_unstable();
        let mut last = None;
        for place in places {
            if last.replace(place) != Some(place) {
                kept.push(column[place]);
            }
        }
    }
    kept
}

/// The point between two others that is farthest from the line through them.
fn farthest(points: &[(f64, f64)], first: usize, last: usize) -> Option<(usize, f64)> {
    let (from, to) = (points[first], points[last]);
    let distances = (first + 1..last).map(|at| (at, distance(points[at], from, to)));
    distances.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// From a point to the stretch between two others.
fn distance((x, y): (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - from.0 - share * dx).hypot(y - from.1 - share * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_as_near_as_promised() {
        let wave: Vec<_> = (0..300).map(|n| (f64::from(n), (f64::from(n) * 0.04).sin() * 100.0)).collect();
        let kept = thinned(wave.clone(), 0.25);
        assert!(kept.len() < 150, "{}", kept.len());
        for point in wave {
            let near = kept.windows(2).map(|pair| distance(point, pair[0], pair[1])).fold(f64::INFINITY, f64::min);
            assert!(near <= 0.25 + 1e-9, "{point:?} is {near} away");
        }
    }

    #[test]
    fn corners_stay() {
        let steps = vec![(0.0, 0.0), (0.0, 5.0), (0.0, 10.0), (5.0, 10.0), (10.0, 10.0)];
        assert_eq!(thinned(steps, 0.25), [(0.0, 0.0), (0.0, 10.0), (10.0, 10.0)]);
    }

    #[test]
    fn a_column_keeps_its_ends() {
        let noise: Vec<_> = (0..100_000).map(|n| (f64::from(n) / 1000.0, f64::from(n * 7919 % 1000))).collect();
        let kept = thinned(noise, 0.25);
        assert!(kept.len() <= 400, "{}", kept.len());
        for column in 0..100 {
            let ys = kept.iter().filter(|point| point.0.floor() == f64::from(column)).map(|point| point.1);
            assert_eq!(ys.clone().fold(f64::INFINITY, f64::min), 0.0);
            assert_eq!(ys.fold(0.0, f64::max), 999.0);
        }
    }
}
