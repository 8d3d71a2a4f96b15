//! Paints a [`Picture`] as PNG and as SVG.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle};

use crate::error::{Error, Result};
use crate::report::charts::dash::dashes;
use crate::report::charts::ink::Ink;
use crate::report::charts::picture::{Anchor, Picture, Point, Shape, Text};
use crate::report::charts::text::{FAMILY, LINE_PER_EM};

/// Backends take whole pixels: pictures are painted this many times larger, the PNG then averaged
/// down (which also smooths its edges), the SVG scaled by its view box.
const FINE: u32 = 3;
/// Large pictures are smooth enough, and a third of a gigabyte less, at this.
const COARSE: u32 = 2;

/// How many pixels a unit of a picture takes, from 0.5 to 4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale(f64);

impl Scale {
    /// As many pixels as a picture has units.
    pub const ONE: Self = Self(1.0);

    /// `None` outside of what a picture can be painted at.
    pub fn new(pixels: f64) -> Option<Self> {
        (0.5..=4.0).contains(&pixels).then_some(Self(pixels))
    }

    /// Width and height in pixels.
    fn pixels(self, size: (f64, f64)) -> (u32, u32) {
        ((size.0 * self.0).round() as u32, (size.1 * self.0).round() as u32)
    }
}

/// A backend and how many of its pixels a unit takes.
struct Canvas<'a, B> {
    backend: &'a mut B,
    per_unit: f64,
    medium: Medium,
}

/// What the two formats do differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Medium {
    Pixels,
    Vectors,
}

/// Writes `picture` as a PNG.
///
/// # Errors
/// [`Error::Failed`] when the file cannot be written.
pub fn write_png(picture: &Picture, scale: Scale, file: &Path) -> Result<()> {
    let failed =
        |e: &dyn Display| Error::failed(format_args!("{}: cannot write the chart: {e}", file.display()));
    let shown = scale.pixels(picture.size);
    let finer = if scale.0 > 2.0 { COARSE } else { FINE };
    let painted = (shown.0 * finer, shown.1 * finer);
    let mut large = vec![255; 3 * painted.0 as usize * painted.1 as usize];
    let mut backend = BitMapBackend::with_buffer(&mut large, painted);
    let per_unit = scale.0 * f64::from(finer);
    let mut canvas = Canvas { backend: &mut backend, per_unit, medium: Medium::Pixels };
    canvas.paint(picture, painted).map_err(|e| failed(&e))?;
    drop(backend);
    let encoded = compressed(&averaged(&large, shown, finer), shown).map_err(|e| failed(&e))?;
    fs::write(file, encoded).map_err(|e| failed(&e))
}

fn compressed(pixels: &[u8], size: (u32, u32)) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size.0, size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

/// Writes `picture` as an SVG with the same view.
///
/// # Errors
/// [`Error::Failed`] when the file cannot be written.
pub fn write_svg(picture: &Picture, scale: Scale, file: &Path) -> Result<()> {
    let failed =
        |e: &dyn Display| Error::failed(format_args!("{}: cannot write the chart: {e}", file.display()));
    let (shown, painted) = (scale.pixels(picture.size), Scale(f64::from(FINE)).pixels(picture.size));
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, painted);
    let per_unit = f64::from(FINE);
    let mut canvas = Canvas { backend: &mut backend, per_unit, medium: Medium::Vectors };
    canvas
        .paint(picture, painted)
        .and_then(|()| canvas.backend.present().map_err(|e| e.to_string()))
        .map_err(|e| failed(&e))?;
    drop(backend);
    let (_, body) = text.split_once('\n').unwrap_or_default();
    let alternative = escaped(&picture.alternative);
    let document = format!(
        "<svg width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         aria-label=\"{alternative}\" stroke-linejoin=\"round\">\n<title>{alternative}</title>\n{body}",
        shown.0, shown.1, painted.0, painted.1,
    );
    fs::write(file, document).map_err(|e| failed(&e))
}

/// Text that may stand in an element or a quoted attribute.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Each shown pixel is the mean of its `finer × finer` painted ones.
fn averaged(large: &[u8], shown: (u32, u32), finer: u32) -> Vec<u8> {
    let scale = finer as usize;
    let row = 3 * shown.0 as usize * scale;
    let mut small = Vec::with_capacity(3 * shown.0 as usize * shown.1 as usize);
    for rows in large.chunks_exact(row * scale) {
        for x in 0..shown.0 as usize {
            for channel in 0..3 {
                let sum: u32 = (0..scale * scale)
                    .filter_map(|i| rows.get(i / scale * row + 3 * (x * scale + i % scale) + channel))
                    .map(|&c| u32::from(c))
                    .sum();
                small.push((sum / (finer * finer)) as u8);
            }
        }
    }
    small
}

type Painted = std::result::Result<(), String>;

impl<B: DrawingBackend> Canvas<'_, B> {
    fn paint(&mut self, picture: &Picture, corner: (u32, u32)) -> Painted {
        let corner = (corner.0 as i32, corner.1 as i32);
        let white = colour(Ink(255, 255, 255), 1.0);
        self.backend.draw_rect((0, 0), corner, &white, true).map_err(|e| e.to_string())?;
        for shape in &picture.shapes {
            match shape {
                Shape::Line { points, ink, width, dash: None } => self.stroke(points, *ink, *width)?,
                Shape::Line { points, ink, width, dash: Some(dash) } => {
                    for mark in dashes(points, *dash) {
                        self.stroke(&mark, *ink, *width)?;
                    }
                }
                Shape::Area { points, ink, opacity } => {
                    let corners: Vec<_> = points.iter().map(|p| self.pixel(*p)).collect();
                    let filled = self.backend.fill_polygon(corners, &colour(*ink, *opacity));
                    filled.map_err(|e| e.to_string())?;
                }
                Shape::Disc { at, radius, ink, opacity } => {
                    let (at, radius) = (self.pixel(*at), self.pixels(*radius));
                    let drawn = self.backend.draw_circle(at, radius, &colour(*ink, *opacity), true);
                    drawn.map_err(|e| e.to_string())?;
                }
                Shape::Text(text) => self.write(text)?,
            }
        }
        Ok(())
    }

    fn stroke(&mut self, points: &[Point], ink: Ink, width: f64) -> Painted {
        let style = ShapeStyle { color: colour(ink, 1.0), filled: true, stroke_width: self.pixels(width) };
        let mut corners: Vec<_> = points.iter().map(|p| self.pixel(*p)).collect();
        corners.dedup();
        if self.medium == Medium::Vectors {
            return self.backend.draw_path(corners, &style).map_err(|e| e.to_string());
        }
        // One segment at a time with discs as joints: the bitmap's own thick paths spike at sharp corners.
        for (from, to) in corners.iter().zip(corners.iter().skip(1)) {
            self.backend.draw_line(*from, *to, &style).map_err(|e| e.to_string())?;
            let joint = self.backend.draw_circle(*to, style.stroke_width / 2, &style, true);
            joint.map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    fn write(&mut self, text: &Text) -> Painted {
        let em = text.size * self.per_unit;
        // Both anchor a text by its top; how far above the baseline that lies is each backend's own constant.
        let (size, rise) = match self.medium {
            Medium::Pixels => (em * LINE_PER_EM, em * LINE_PER_EM / 2.0),
            Medium::Vectors => (em * 1.24, em * 0.76),
        };
        let h_pos = match text.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = if text.bold { FontStyle::Bold } else { FontStyle::Normal };
        let ink = colour(text.ink, 1.0);
        let style =
            TextStyle::from(FontDesc::new(FAMILY, size, weight)).color(&ink).pos(Pos::new(h_pos, VPos::Top));
        let (x, y) = self.pixel(text.at);
        let drawn = self.backend.draw_text(&text.text, &style, (x, y - rise.round() as i32));
        drawn.map_err(|e| e.to_string())
    }

    fn pixel(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.per_unit).round() as i32, (y * self.per_unit).round() as i32)
    }

    fn pixels(&self, length: f64) -> u32 {
        (length * self.per_unit).round().max(1.0) as u32
    }
}

fn colour(Ink(red, green, blue): Ink, opacity: f64) -> RGBAColor {
    RGBColor(red, green, blue).mix(opacity)
}
