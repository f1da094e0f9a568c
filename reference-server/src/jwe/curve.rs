//! Multiples of a point of P-256, or of any curve that differs from it in the constant term alone: the formulas don't
//! use it, and nothing here looks whether a point lies on the curve. Only a fault computes with this; a sound server
//! leaves it to a library that looks.

use crate::keys::raw::{add, digits, octets, product, reduce, scaled};

/// The prime of the field.
const PRIME: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// The x coordinate of so many times a point; none for the point at infinity.
pub(crate) fn multiple(scalar: &[u8], x: &[u8], y: &[u8]) -> Option<Vec<u8>> {
    if [x, y]
        .iter()
        .any(|one| one.len() != 32 || *one >= &PRIME[..])
    {
        return None;
    }
    let field = Field(digits(&PRIME));
    let point = Point {
        x: field.enter(x),
        y: field.enter(y),
        z: field.one(),
    };
    let mut sum: Option<Point> = None;
    for octet in scalar {
        for bit in (0..8).rev() {
            sum = sum.and_then(|sum| field.double(&sum));
            if octet >> bit & 1 == 1 {
                sum = field.sum(sum, &point);
            }
        }
    }
    let sum = sum?;
    let inverse = field.inverse(&sum.z);
    Some(field.leave(&field.times(&sum.x, &field.times(&inverse, &inverse))))
}

type Number = Vec<u32>;

/// A point that is not at infinity, in Jacobian coordinates.
#[derive(Clone)]
struct Point {
    x: Number,
    y: Number,
    z: Number,
}

/// The numbers below a prime, each times R (Montgomery).
struct Field(Number);

impl Field {
    fn enter(&self, octets: &[u8]) -> Number {
        scaled(&digits(octets), &self.0)
    }

    fn leave(&self, number: &Number) -> Vec<u8> {
        let mut one = vec![0; self.0.len()];
        one[0] = 1;
        octets(&product(number, &one, &self.0))
    }

    fn one(&self) -> Number {
        let mut one = [0; 32];
        one[31] = 1;
        self.enter(&one)
    }

    fn times(&self, a: &Number, b: &Number) -> Number {
        product(a, b, &self.0)
    }

    fn plus(&self, a: &Number, b: &Number) -> Number {
        let mut sum = a.clone();
        let over = add(&mut sum, b, 1);
        reduce(&mut sum, u32::from(over > 0), &self.0);
        sum
    }

    fn minus(&self, a: &Number, b: &Number) -> Number {
        let mut negative = self.0.clone();
        reduce(&mut negative, 1, b);
        self.plus(a, &negative)
    }

    fn twice(&self, a: &Number) -> Number {
        self.plus(a, a)
    }

    /// To the power of the prime less two.
    fn inverse(&self, a: &Number) -> Number {
        let mut power = self.one();
        for (place, octet) in PRIME.iter().enumerate() {
            let octet = if place == 31 { octet - 2 } else { *octet };
            for bit in (0..8).rev() {
                power = self.times(&power, &power);
                if octet >> bit & 1 == 1 {
                    power = self.times(&power, a);
                }
            }
        }
        power
    }

    fn double(&self, point: &Point) -> Option<Point> {
        if point.y.iter().all(|digit| *digit == 0) {
            return None;
        }
        let delta = self.times(&point.z, &point.z);
        let gamma = self.times(&point.y, &point.y);
        let beta = self.times(&point.x, &gamma);
        let product = self.times(&self.minus(&point.x, &delta), &self.plus(&point.x, &delta));
        let alpha = self.plus(&self.twice(&product), &product);
        let four = self.twice(&self.twice(&beta));
        let x = self.minus(&self.times(&alpha, &alpha), &self.twice(&four));
        let both = self.plus(&point.y, &point.z);
        let z = self.minus(&self.minus(&self.times(&both, &both), &gamma), &delta);
        let square = self.times(&gamma, &gamma);
        let eight = self.twice(&self.twice(&self.twice(&square)));
        let y = self.minus(&self.times(&alpha, &self.minus(&four, &x)), &eight);
        Some(Point { x, y, z })
    }

    /// A sum with a point whose z is one.
    fn sum(&self, sum: Option<Point>, point: &Point) -> Option<Point> {
        let Some(sum) = sum else {
            return Some(point.clone());
        };
        let square = self.times(&sum.z, &sum.z);
        let x = self.times(&point.x, &square);
        let y = self.times(&point.y, &self.times(&square, &sum.z));
        let across = self.minus(&x, &sum.x);
        let up = self.minus(&y, &sum.y);
        if across.iter().all(|digit| *digit == 0) {
            return if up.iter().all(|digit| *digit == 0) {
                self.double(&sum)
            } else {
                None
            };
        }
        let second = self.times(&across, &across);
        let third = self.times(&second, &across);
        let middle = self.times(&sum.x, &second);
        let mut x = self.minus(&self.times(&up, &up), &third);
        x = self.minus(&x, &self.twice(&middle));
        let y = self.minus(
            &self.times(&up, &self.minus(&middle, &x)),
            &self.times(&sum.y, &third),
        );
        let z = self.times(&sum.z, &across);
        Some(Point { x, y, z })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn multiples_are_those_of_the_curve() {
        let x = number("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
        let y = number("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
        for (scalar, seen) in [
            (
                "01",
                "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            ),
            (
                "02",
                "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",
            ),
            (
                "05",
                "51590b7a515140d2d784c85608668fdfef8c82fd1f5be52421554a0dc3d033ed",
            ),
            (
                "e4ea940ef5e6fad795d3b0e220345893956a7ec21ceb225fdbc8440aeb855bb5",
                "4df43ffda3f155d9fc3c1de03144168c201ed1c4c52b244e06ea8b596e5946a1",
            ),
        ] {
            assert_eq!(
                multiple(&number(scalar), &x, &y).unwrap(),
                number(seen),
                "{scalar}"
            );
        }
        let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
        assert_eq!(multiple(&number(order), &x, &y), None);
    }

    #[test]
    fn a_point_of_another_curve_has_few_multiples() {
        let x = number("d23f0824128b2f330c5c7fd0a6a3a4506513270e269e0d37f2a74de452e6b438");
        assert_eq!(multiple(&[3], &x, &[0; 32]), Some(x.clone()));
        assert_eq!(multiple(&[4], &x, &[0; 32]), None);
    }
}
