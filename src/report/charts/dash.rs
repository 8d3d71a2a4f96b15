//! Cuts a line into dashes, the same in every format and on every machine.

use crate::report::charts::ink::Dash;
use crate::report::charts::picture::Point;

/// The marks of a dashed line, each an open line of its own; the pattern runs on around corners.
pub fn dashes(points: &[Point], (mark, gap): Dash) -> Vec<Vec<Point>> {
    let mut done = Vec::new();
    let Some(&first) = points.first() else { return done };
    if !(mark > 0.0 && gap > 0.0) {
        return vec![points.to_vec()];
    }
    let (mut at, mut inked, mut left, mut current) = (first, true, mark, vec![first]);
    for &end in points.iter().skip(1) {
        let mut distance = between(at, end);
        while distance > left {
            let share = left / distance;
            at = (at.0 + share * (end.0 - at.0), at.1 + share * (end.1 - at.1));
            distance -= left;
            if inked {
                current.push(at);
                done.push(std::mem::take(&mut current));
            } else {
                current = vec![at];
            }
            inked = !inked;
            left = if inked { mark } else { gap };
        }
        left -= distance;
        at = end;
        if inked {
            current.push(at);
        }
    }
    if current.len() > 1 {
        done.push(current);
    }
    done
}

fn between(a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_runs_around_corners() {
        let marks = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], (6.0, 3.0));
        let expected = vec![
            vec![(0.0, 0.0), (6.0, 0.0)],
            vec![(9.0, 0.0), (10.0, 0.0), (10.0, 5.0)],
            vec![(10.0, 8.0), (10.0, 10.0)],
        ];
        assert_eq!(marks, expected);
    }

    #[test]
    fn nothing_and_a_single_point_have_no_dashes() {
        assert!(dashes(&[], (6.0, 3.0)).is_empty());
        assert!(dashes(&[(1.0, 1.0)], (6.0, 3.0)).is_empty());
    }
}
