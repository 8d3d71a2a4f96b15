//! A scenario's description, Markdown, as HTML that loads nothing and runs nothing.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Headings below those of the page; HTML as the text that was written; of images their text; links only to
/// `http`, `https` and `mailto`.
pub fn as_html(markdown: &str) -> String {
    let mut open = Vec::new();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
        .filter_map(|event| harmless(event, &mut open));
    let mut text = String::new();
    html::push_html(&mut text, events);
    text
}

/// `open`: of each link that is open whether it is shown.
fn harmless<'a>(event: Event<'a>, open: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            let shown = is_harmless(dest_url);
            open.push(shown);
            shown.then_some(event)
        }
        Event::End(TagEnd::Link) => open.pop().unwrap_or(false).then_some(event),
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: below(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        other => Some(other),
    }
}

fn is_harmless(address: &CowStr<'_>) -> bool {
    let address = address.to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

fn below(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from((level as usize + 2).min(6)).unwrap_or(HeadingLevel::H6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_set_and_html_is_text() {
        assert_eq!(
            as_html("*a* **b**\n\n- c\n"),
            "<p><em>a</em> <strong>b</strong></p>\n<ul>\n<li>c</li>\n</ul>\n"
        );
        assert_eq!(as_html("# Title"), "<h3>Title</h3>\n");
        let inline = as_html("a <img src=x onerror=alert(1)> b");
        assert_eq!(inline, "<p>a &lt;img src=x onerror=alert(1)&gt; b</p>\n");
        let block = as_html("<script>\nalert(1)\n</script>\n");
        assert!(!block.contains("<script") && block.contains("&lt;script&gt;"), "{block}");
    }

    #[test]
    fn nothing_is_loaded_and_links_lead_to_the_web_only() {
        assert_eq!(as_html("![a picture](https://example.org/x.png)"), "<p>a picture</p>\n");
        assert_eq!(as_html("[x](javascript:alert(1)) [y](JavaScript:alert(1))"), "<p>x y</p>\n");
        assert_eq!(as_html("[x](data:text/html,a)"), "<p>x</p>\n");
        let link = as_html("[x](https://example.org \"t\")");
        assert_eq!(link, "<p><a href=\"https://example.org\" title=\"t\">x</a></p>\n");
        assert_eq!(as_html("[![i](a.png)](b.html)"), "<p>i</p>\n");
    }
}
