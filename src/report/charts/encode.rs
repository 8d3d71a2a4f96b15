//! Paints a [`Picture`] as PNG and as SVG.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle};

use super::dash::dashes;
use super::picture::{Anchor, HEIGHT, Ink, Picture, Point, Shape, Text, WIDTH};
use super::text::{FAMILY, LINE_PER_EM};
use crate::error::{Error, Result};

/// Backends take whole pixels: pictures are painted this many times larger, the PNG then averaged
/// down (which also smooths its edges), the SVG scaled by its view box.
const SCALE: u32 = 3;
const PAINTED: (u32, u32) = (WIDTH as u32 * SCALE, HEIGHT as u32 * SCALE);
const SHOWN: (u32, u32) = (WIDTH as u32, HEIGHT as u32);

/// What the two formats do differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Medium {
    Pixels,
    Vectors,
}

/// Writes `picture` as a PNG of 1280 × 800 pixels.
///
/// # Errors
/// [`Error::Failed`] when the file cannot be written.
pub fn write_png(picture: &Picture, file: &Path) -> Result<()> {
    let failed =
        |e: &dyn Display| Error::failed(format_args!("{}: cannot write the chart: {e}", file.display()));
    let mut large = vec![255; 3 * PAINTED.0 as usize * PAINTED.1 as usize];
    let mut canvas = BitMapBackend::with_buffer(&mut large, PAINTED);
    paint(&mut canvas, picture, Medium::Pixels).map_err(|e| failed(&e))?;
    drop(canvas);
    let encoded = compressed(&averaged(&large)).map_err(|e| failed(&e))?;
    fs::write(file, encoded).map_err(|e| failed(&e))
}

fn compressed(pixels: &[u8]) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SHOWN.0, SHOWN.1);
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
pub fn write_svg(picture: &Picture, file: &Path) -> Result<()> {
    let failed =
        |e: &dyn Display| Error::failed(format_args!("{}: cannot write the chart: {e}", file.display()));
    let mut painted = String::new();
    let mut canvas = SVGBackend::with_string(&mut painted, PAINTED);
    paint(&mut canvas, picture, Medium::Vectors)
        .and_then(|()| canvas.present().map_err(|e| e.to_string()))
        .map_err(|e| failed(&e))?;
    drop(canvas);
    let (_, body) = painted.split_once('\n').unwrap_or_default();
    let told = escaped(&picture.alternative);
    let document = format!(
        "<svg width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         aria-label=\"{told}\" stroke-linejoin=\"round\">\n<title>{told}</title>\n{body}",
        SHOWN.0, SHOWN.1, PAINTED.0, PAINTED.1,
    );
    fs::write(file, document).map_err(|e| failed(&e))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Each shown pixel is the mean of its `SCALE × SCALE` painted ones.
fn averaged(large: &[u8]) -> Vec<u8> {
    let (row, scale) = (3 * PAINTED.0 as usize, SCALE as usize);
    let mut small = Vec::with_capacity(3 * SHOWN.0 as usize * SHOWN.1 as usize);
    for rows in large.chunks_exact(row * scale) {
        for x in 0..SHOWN.0 as usize {
            for channel in 0..3 {
                let sum: u32 = (0..scale * scale)
                    .filter_map(|i| rows.get(i / scale * row + 3 * (x * scale + i % scale) + channel))
                    .map(|&c| u32::from(c))
                    .sum();
                small.push((sum / (SCALE * SCALE)) as u8);
            }
        }
    }
    small
}

fn paint<B: DrawingBackend>(
    canvas: &mut B,
    picture: &Picture,
    medium: Medium,
) -> std::result::Result<(), String> {
    let corner = (PAINTED.0 as i32, PAINTED.1 as i32);
    canvas.draw_rect((0, 0), corner, &colour(Ink(255, 255, 255), 1.0), true).map_err(|e| e.to_string())?;
    for shape in &picture.shapes {
        match shape {
            Shape::Line { points, ink, width, dash: None } => stroke(canvas, points, *ink, *width, medium)?,
            Shape::Line { points, ink, width, dash: Some(dash) } => {
                for mark in dashes(points, *dash) {
                    stroke(canvas, &mark, *ink, *width, medium)?;
                }
            }
            Shape::Area { points, ink, opacity } => {
                let corners = points.iter().map(|p| pixel(*p));
                canvas.fill_polygon(corners, &colour(*ink, *opacity)).map_err(|e| e.to_string())?;
            }
            Shape::Disc { at, radius, ink, opacity } => {
                let radius = pixels(*radius);
                canvas
                    .draw_circle(pixel(*at), radius, &colour(*ink, *opacity), true)
                    .map_err(|e| e.to_string())?;
            }
            Shape::Text(text) => write(canvas, text, medium)?,
        }
    }
    Ok(())
}

fn stroke<B: DrawingBackend>(
    canvas: &mut B,
    points: &[Point],
    ink: Ink,
    width: f64,
    medium: Medium,
) -> std::result::Result<(), String> {
    let style = ShapeStyle { color: colour(ink, 1.0), filled: true, stroke_width: pixels(width) };
    let mut corners: Vec<_> = points.iter().map(|p| pixel(*p)).collect();
    corners.dedup();
    if medium == Medium::Vectors {
        return canvas.draw_path(corners, &style).map_err(|e| e.to_string());
    }
    // One segment at a time with discs as joints: the bitmap's own thick paths spike at sharp corners.
    for (from, to) in corners.iter().zip(corners.iter().skip(1)) {
        canvas.draw_line(*from, *to, &style).map_err(|e| e.to_string())?;
        canvas.draw_circle(*to, style.stroke_width / 2, &style, true).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn write<B: DrawingBackend>(canvas: &mut B, text: &Text, medium: Medium) -> std::result::Result<(), String> {
    let em = text.size * f64::from(SCALE);
    // Both anchor a text by its top; how far above the baseline that lies is each backend's own constant.
    let (size, rise) = match medium {
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
    let (x, y) = pixel(text.at);
    canvas.draw_text(&text.text, &style, (x, y - rise.round() as i32)).map_err(|e| e.to_string())
}

fn colour(Ink(red, green, blue): Ink, opacity: f64) -> RGBAColor {
    RGBColor(red, green, blue).mix(opacity)
}

fn pixel((x, y): Point) -> (i32, i32) {
    ((x * f64::from(SCALE)).round() as i32, (y * f64::from(SCALE)).round() as i32)
}

fn pixels(length: f64) -> u32 {
    (length * f64::from(SCALE)).round().max(1.0) as u32
}
