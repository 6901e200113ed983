//! Fewer points, the same line to the eye.

/// Leaves out points that lie within `tolerance` of the line through those that are kept (Douglas and Peucker, 1973).
///
/// Points are pixels. The first and the last are kept. Points that are no numbers are left out.
pub fn thinned(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let points: Vec<_> = points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    if points.len() < 3 {
        return points;
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    // By hand, since a curve of many points would go as deep as it is long.
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
        let circle: Vec<_> = (0..5000).map(|n| (n as f64 * 0.05, (n as f64 * 0.01).sin() * 100.0)).collect();
        let kept = thinned(&circle, 0.25);
        assert!(kept.len() < 200, "{}", kept.len());
        for point in circle {
            let near = kept.windows(2).map(|pair| distance(point, pair[0], pair[1])).fold(f64::INFINITY, f64::min);
            assert!(near <= 0.25 + 1e-9, "{point:?} is {near} away");
        }
    }

    #[test]
    fn corners_stay_and_no_numbers_go() {
        let steps = [(0.0, 0.0), (0.0, 5.0), (f64::NAN, 1.0), (0.0, 10.0), (5.0, 10.0), (10.0, 10.0)];
        assert_eq!(thinned(&steps, 0.25), [(0.0, 0.0), (0.0, 10.0), (10.0, 10.0)]);
    }
}
