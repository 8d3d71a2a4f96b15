//! The form of a catalogue entry.

/// A price model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelEntry {
    /// Name in scenario files.
    pub kind: &'static str,
    /// What it is, a line.
    pub summary: &'static str,
    /// Its equations, line by line.
    pub formula: &'static [&'static str],
    /// How a step is made, and its order.
    pub discretisation: &'static str,
    /// Where the model comes from.
    pub source: &'static str,
    /// What it leaves out, and what its parameters must meet together.
    pub limits: &'static str,
    /// Whether `monitoring = "continuous"` is possible; otherwise `limits` says why not.
    pub is_continuous: bool,
    /// What it takes, in the order of the resolved scenario.
    pub parameters: &'static [Parameter],
}

impl ModelEntry {
    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// A model table as a scenario writes it, from the examples; defaults are left out.
    pub fn example(&self) -> String {
        let written = self.parameters.iter().filter(|parameter| parameter.default.is_none());
        let keys: Vec<String> = written.map(|p| format!(", {} = {}", p.name, p.example)).collect();
        format!("{{ kind = \"{}\"{} }}", self.kind, keys.concat())
    }
}

/// A key of a model, or of a table inside one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The key.
    pub name: &'static str,
    /// Unit, to follow a number; empty for a plain number.
    pub unit: &'static str,
    /// What is written.
    pub value: ValueKind,
    /// What it is where nothing is written, in words; `None`: it must be written.
    pub default: Option<&'static str>,
    /// A value as TOML.
    pub example: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueKind {
    /// A number.
    Number(Range),
    /// A length of time such as "1d".
    Duration,
    /// A length of time, or a whole number of bars.
    DurationOrBars,
    /// The name of a file, relative to the scenario's folder.
    File,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// One word, or a table of one of these keys.
    WordOrTable(&'static str, &'static [Parameter]),
    /// A list of so many tables at most.
    Tables(usize, &'static [Parameter]),
    /// A square list of lists of numbers.
    Matrix(Range),
}

/// Numbers from `low` to `high`, each included or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lower end.
    pub low: Bound,
    /// Upper end.
    pub high: Bound,
    /// 0 is allowed beside the range.
    pub or_zero: bool,
    /// A volatility or another fraction that people write in per cent: the error for numbers above the range says so.
    pub is_fraction: bool,
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// The number itself is allowed.
    Closed(f64),
    /// It is not.
    Open(f64),
}

impl Bound {
    /// The number, allowed or not.
    pub fn value(self) -> f64 {
        match self {
            Self::Closed(value) | Self::Open(value) => value,
        }
    }
}

impl Range {
    /// Both ends included.
    pub const fn closed(low: f64, high: f64) -> Self {
        Self { low: Bound::Closed(low), high: Bound::Closed(high), or_zero: false, is_fraction: false }
    }

    /// The lower end excluded, the upper included.
    pub const fn above(low: f64, high: f64) -> Self {
        Self { low: Bound::Open(low), high: Bound::Closed(high), or_zero: false, is_fraction: false }
    }

    /// The same with 0.
    pub const fn or_zero(self) -> Self {
        Self { or_zero: true, ..self }
    }

    /// The same for a fraction.
    pub const fn fraction(self) -> Self {
        Self { is_fraction: true, ..self }
    }

    /// Whether a number lies in it.
    pub fn holds(&self, value: f64) -> bool {
        let from = match self.low {
            Bound::Closed(low) => value >= low,
            Bound::Open(low) => value > low,
        };
        let to = match self.high {
            Bound::Closed(high) => value <= high,
            Bound::Open(high) => value < high,
        };
        (from && to) || (self.or_zero && value == 0.0)
    }

    /// `0 to 10`, `greater than 1, at most 10000`.
    pub fn in_words(&self) -> String {
        let zero = if self.or_zero { "0 or " } else { "" };
        let (low, high) = (number(self.low.value()), number(self.high.value()));
        let words = match (self.low, self.high) {
            (Bound::Closed(_), Bound::Closed(_)) => format!("{low} to {high}"),
            (Bound::Open(_), Bound::Closed(_)) => format!("greater than {low}, at most {high}"),
            (Bound::Closed(_), Bound::Open(_)) => format!("{low} or more, below {high}"),
            (Bound::Open(_), Bound::Open(_)) => format!("greater than {low}, below {high}"),
        };
        format!("{zero}{words}")
    }
}

impl Parameter {
    /// The numbers that it takes, where it takes numbers.
    pub fn range(&self) -> Option<Range> {
        match self.value {
            ValueKind::Number(range) | ValueKind::Matrix(range) => Some(range),
            _ => None,
        }
    }

    /// What may be written, with the unit: `0 to 10 per square-root year`.
    pub fn allowed(&self) -> String {
        let with_unit = |words: String| format!("{words} {}", self.unit).trim_end().to_owned();
        match self.value {
            ValueKind::Number(range) => with_unit(range.in_words()),
            ValueKind::Duration => "a duration".to_owned(),
            ValueKind::DurationOrBars => "a duration, or a whole number of bars".to_owned(),
            ValueKind::File => "a file name".to_owned(),
            ValueKind::Word(words) => words.join(", "),
            ValueKind::WordOrTable(word, keys) => {
                let each = |key: &Parameter| format!("{{ {} = {} }}", key.name, key.example);
                format!("\"{word}\", or {}", keys.iter().map(each).collect::<Vec<_>>().join(" or "))
            }
            ValueKind::Tables(most, keys) => {
                let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
                format!("1 to {most} tables of {}", names.join(", "))
            }
            ValueKind::Matrix(range) => format!("rows of numbers, {}", range.in_words()),
        }
    }
}

/// A bound as a person writes it.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    let sign = if value < 0.0 { "−" } else { "" };
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        format!("{sign}{size:e}")
    } else {
        format!("{sign}{size}")
    }
}
