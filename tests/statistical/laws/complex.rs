//! As much of the complex numbers as characteristic functions need.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// re + i·im.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

pub const I: Complex = Complex { re: 0.0, im: 1.0 };

impl From<f64> for Complex {
    fn from(re: f64) -> Self {
        Self { re, im: 0.0 }
    }
}

impl Complex {
    pub fn abs(self) -> f64 {
        libm::hypot(self.re, self.im)
    }

    pub fn exp(self) -> Self {
        let (sin, cos) = libm::sincos(self.im);
        let size = libm::exp(self.re);
        Self { re: size * cos, im: size * sin }
    }

    /// The principal branch.
    pub fn ln(self) -> Self {
        Self { re: libm::log(self.abs()), im: libm::atan2(self.im, self.re) }
    }

    /// The principal branch: real part not negative.
    pub fn sqrt(self) -> Self {
        let (size, half_angle) = (self.abs().sqrt(), 0.5 * libm::atan2(self.im, self.re));
        let (sin, cos) = libm::sincos(half_angle);
        Self { re: size * cos, im: size * sin }
    }
}

impl<T: Into<Complex>> Add<T> for Complex {
    type Output = Self;
    fn add(self, other: T) -> Self {
        let other = other.into();
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<T: Into<Complex>> Sub<T> for Complex {
    type Output = Self;
    fn sub(self, other: T) -> Self {
        let other = other.into();
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl<T: Into<Complex>> Mul<T> for Complex {
    type Output = Self;
    fn mul(self, other: T) -> Self {
        let other = other.into();
        let (re, im) = (self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re);
        Self { re, im }
    }
}

impl<T: Into<Complex>> Div<T> for Complex {
    type Output = Self;
    fn div(self, other: T) -> Self {
        let other = other.into();
        let size = other.re * other.re + other.im * other.im;
        let (re, im) = (self.re * other.re + self.im * other.im, self.im * other.re - self.re * other.im);
        Self { re: re / size, im: im / size }
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Self { re: -self.re, im: -self.im }
    }
}
