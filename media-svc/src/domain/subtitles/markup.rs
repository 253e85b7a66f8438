//! The text of a cue: styles become the tags `b`, `i`, `u`, everything else becomes text or goes.

/// Longest tag; a `<` without its `>` nearby is text.
const LONGEST_TAG: usize = 300;

enum Piece {
    Text(String),
    Open(char),
    Close(char),
}

/// The text of a cue, and where it stands.
#[derive(Default)]
pub(super) struct Markup {
    pieces: Vec<Piece>,
    /// As on a numeric keypad; 0: at the bottom.
    alignment: u8,
}

impl Markup {
    /// Text with tags like those of HTML, as SubRip and WebVTT have it, and with the `{\an8}` that many SubRip files have.
    pub(super) fn of_tags(text: &str) -> Self {
        let mut markup = Self::default();
        let mut rest = text;
        while let Some(at) = rest.find(['<', '{']) {
            let (before, special) = rest.split_at(at);
            markup.text(&unescaped(before));
            rest = match special.as_bytes() {
                [b'{', b'\\', ..] => markup.override_block(special),
                [b'<', ..] => markup.tag(special),
                _ => markup.literal(special),
            };
        }
        markup.text(&unescaped(rest));
        if markup.is_blank() && !text.trim().is_empty() && !text.trim_start().starts_with("{\\") {
            // Nothing but tags: shown as it is, so that no cue is lost.
            markup.pieces = vec![Piece::Text(text.to_owned())];
        }
        markup
    }

    /// Text with override blocks, as SubStation Alpha has it.
    pub(super) fn of_overrides(text: &str) -> Self {
        let mut markup = Self::default();
        let text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\u{a0}");
        let (mut rest, mut drawing) = (text.as_str(), false);
        while let Some(at) = rest.find('{') {
            let (before, block) = rest.split_at(at);
            if !drawing {
                markup.text(before);
            }
            if let Some(end) = block.find('}') {
                drawing = draws(&block[..end]).unwrap_or(drawing);
            }
            rest = if block.contains('}') { markup.override_block(block) } else { markup.literal(block) };
        }
        if !drawing {
            markup.text(rest);
        }
        markup
    }

    /// The alignment of the style, where the text has none of its own.
    pub(super) fn align_unless_set(&mut self, alignment: u8) {
        if self.alignment == 0 {
            self.alignment = alignment;
        }
    }

    /// Where the cue stands, as WebVTT writes it.
    pub(super) fn settings(&self) -> String {
        let row = match self.alignment {
            7..=9 => "line:0",
            4..=6 => "line:50%",
            _ => "",
        };
        let column = match self.alignment {
            1 | 4 | 7 => "align:left",
            3 | 6 | 9 => "align:right",
            _ => "",
        };
        [row, column].join(" ").trim().to_owned()
    }

    /// The text as WebVTT writes it, without empty lines, which would end the cue.
    pub(super) fn written(&self) -> String {
        let (mut out, mut open) = (String::new(), Vec::new());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(&escaped(text)),
                Piece::Open(tag) if !open.contains(tag) => {
                    open.push(*tag);
                    out.extend(['<', *tag, '>']);
                }
                Piece::Close(tag) => {
                    // Closes what was opened inside it, too: tags may overlap where they come from.
                    while open.contains(tag) {
                        out.extend(open.pop().into_iter().flat_map(|tag| ['<', '/', tag, '>']));
                    }
                }
                Piece::Open(_) => {}
            }
        }
        out.extend(open.into_iter().rev().flat_map(|tag| ['<', '/', tag, '>']));
        out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn is_blank(&self) -> bool {
        self.pieces.iter().all(|piece| {
            matches!(piece, Piece::Text(text) if text.trim().is_empty()) || !matches!(piece, Piece::Text(_))
        })
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
    }

    /// The first character is text. Returns the rest.
    fn literal<'a>(&mut self, special: &'a str) -> &'a str {
        let (first, rest) = special.split_at(1);
        self.text(first);
        rest
    }

    /// A `<`, which begins a tag or is text. Returns the rest.
    fn tag<'a>(&mut self, special: &'a str) -> &'a str {
        let end = special.char_indices().take(LONGEST_TAG).find(|(_, c)| *c == '>').map(|(at, _)| at);
        let Some(end) = end else { return self.literal(special) };
        let (inside, rest) = (&special[1..end], &special[end + 1..]);
        let (closes, name) = match inside.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inside),
        };
        let is_time =
            !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_time {
            return self.literal(special);
        }
        let name: String = name.chars().take_while(char::is_ascii_alphanumeric).collect();
        match (name.to_ascii_lowercase().as_str(), closes) {
            (tag @ ("b" | "i" | "u"), false) => self.pieces.extend(tag.chars().map(Piece::Open)),
            (tag @ ("b" | "i" | "u"), true) => self.pieces.extend(tag.chars().map(Piece::Close)),
            ("br", _) => self.text("\n"),
            _ => {}
        }
        rest
    }

    /// A block such as `{\an8\i1}`; without its end it is text. Returns the rest.
    fn override_block<'a>(&mut self, special: &'a str) -> &'a str {
        let Some(end) = special.find('}') else { return self.literal(special) };
        for tag in special[1..end].split('\\').skip(1) {
            if let Some(alignment) = tag.strip_prefix("an").and_then(|number| number.trim().parse().ok()) {
                self.alignment = alignment;
                continue;
            }
            let mut chars = tag.chars();
            match (chars.next(), chars.as_str().trim().parse::<u32>()) {
                (Some(style @ ('b' | 'i' | 'u')), Ok(0)) => self.pieces.push(Piece::Close(style)),
                (Some(style @ ('b' | 'i' | 'u')), Ok(_)) => self.pieces.push(Piece::Open(style)),
                (Some('r'), _) => self.pieces.extend(['b', 'i', 'u'].map(Piece::Close)),
                _ => {}
            }
        }
        &special[end + 1..]
    }
}

/// Whether a block begins (`\p1`) or ends (`\p0`) a drawing.
fn draws(block: &str) -> Option<bool> {
    let mut levels = block.split('\\').filter_map(|tag| tag.strip_prefix('p')?.trim().parse::<u32>().ok());
    levels.next_back().map(|level| level > 0)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&nbsp;", "\u{a0}")
        .replace("&lrm;", "\u{200e}")
        .replace("&rlm;", "\u{200f}")
        .replace("&amp;", "&")
}

/// A written text without its tags.
pub(super) fn plain(written: &str) -> String {
    let tags = ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>"];
    unescaped(&tags.iter().fold(written.to_owned(), |text, tag| text.replace(tag, "")))
}
