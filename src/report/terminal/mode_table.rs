//! A row per measure, a column per margin mode.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::report::terminal::layout::WIDTH;
use crate::report::wording::mode_rows;
use crate::result::document::ResultDocument;

/// What a row that belongs to the one before it is indented by, a level.
const INDENT: &str = "  ";

/// The table, its lines ending in a line break.
pub fn render(document: &ResultDocument) -> String {
    let mut table = plain_table();
    let names = document.modes.iter().map(|(name, _)| name.to_owned());
    table.set_header(std::iter::once(String::new()).chain(names));
    for row in mode_rows::all(document) {
        let label = INDENT.repeat(row.indent) + &row.label;
        let cells = document.modes.iter().map(|(_, mode)| (row.value)(mode));
        table.add_row(std::iter::once(label).chain(cells));
    }
    align_right(&mut table, 1);
    lines_of(&table)
}

/// A table within the terminal's width, with lines above, below and under the header only.
pub fn plain_table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH as u16);
    table
}

/// Numbers below one another, from the column `first` on.
pub fn align_right(table: &mut Table, first: usize) {
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// The table's text without blanks at the ends of its lines.
pub fn lines_of(table: &Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
