//! What scenarios, assets and positions may be called: names become file names and column headings.

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
/// The same with a digit from 1 to 9 after them.
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];

/// What to write instead of an invalid name.
pub const RULE: &str = "use 1 to 64 ASCII letters, digits, `_`, `-` or `.`, for example btc_long";

/// Why a scenario cannot have a name, which its file and its result folder have too, to follow "it"; `None` where it can.
pub fn name_fault(name: &str) -> Option<&'static str> {
    fault(name).or_else(|| name.starts_with('.').then_some("begins with a dot, which hides a folder"))
}

/// Why a name is refused, to follow the name; `None` where it is fine.
pub(crate) fn fault(name: &str) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if name.is_empty() {
        Some("is empty")
    } else if name.len() > 64 {
        Some("is longer than 64 characters")
    } else if !name.bytes().all(plain) {
        Some("contains a character that is not allowed")
    } else if name == "." || name == ".." {
        Some("denotes a folder")
    } else if is_device(name) {
        Some("denotes a device on some systems")
    } else {
        None
    }
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = |device: &str| {
        let digits = stem.strip_prefix(device).unwrap_or_default();
        digits.len() == 1 && matches!(digits.as_bytes(), [b'1'..=b'9'])
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.iter().any(|device| numbered(device))
}

/// The earlier name that `name` equals when case is ignored.
pub(crate) fn collision<'n>(name: &str, mut earlier: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    earlier.find(|other| other.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for name in
            ["BTC", "btc_long", "a", "1000PEPE", "ETH-2.0", "COM", "com10", "console", &"x".repeat(64)]
        {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn hostile_names_do_not() {
        let long = "x".repeat(65);
        let names = ["", ".", "..", "../../x", "a/b", "a\\b", "CON", "nul.txt", "Com1", "lpt9.x", "<script>"];
        for name in names.into_iter().chain(["=cmd", "a b", "é", "a\n", "\0", &long]) {
            assert!(fault(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn case_does_not_distinguish() {
        assert_eq!(collision("btc", ["ETH", "BTC"].into_iter()), Some("BTC"));
        assert_eq!(collision("btc2", ["ETH", "BTC"].into_iter()), None);
    }
}
