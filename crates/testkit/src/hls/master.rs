//! Multivariant playlists (RFC 8216, 4.3.4).

use std::collections::{BTreeMap, HashSet};

use super::{Line, Result, Value, attributes, ensure, lines, number, once, plain, quoted};

const TAGS: [&str; 4] = ["-X-VERSION", "-X-INDEPENDENT-SEGMENTS", "-X-MEDIA", "-X-STREAM-INF"];

/// A multivariant playlist.
#[derive(Debug, Clone, PartialEq)]
pub struct Master {
    /// Tracks of sound and subtitles.
    pub renditions: Vec<Rendition>,
    /// The variants.
    pub variants: Vec<Variant>,
}

/// A track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// `AUDIO` or `SUBTITLES`.
    pub kind: String,
    /// Its group.
    pub group: String,
    /// Its name, which no other track of the group has.
    pub name: String,
    /// Its playlist.
    pub uri: String,
    /// Players choose it unless the viewer does.
    pub is_default: bool,
}

/// A variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its playlist.
    pub uri: String,
    /// Peak bit rate in bits per second.
    pub bandwidth: u32,
    /// Codecs of everything in it (RFC 6381).
    pub codecs: Vec<String>,
    /// Width and height in pixels.
    pub resolution: Option<(u32, u32)>,
    /// Frames per second.
    pub frame_rate: Option<f64>,
    /// Group of its sound.
    pub audio: Option<String>,
}

/// Reads a multivariant playlist. The error names the broken rule.
pub fn master(text: &str) -> Result<Master> {
    let (lines, _) = lines(text, &TAGS)?;
    once(&lines, "-X-INDEPENDENT-SEGMENTS")?;
    let (mut renditions, mut variants, mut tracks) = (Vec::new(), Vec::new(), Tracks::default());
    let mut groups = Vec::new();
    let mut following = lines.iter().peekable();
    while let Some(line) = following.next() {
        match line {
            Line::Tag("-X-MEDIA", value) => renditions.push(tracks.read(&attributes(value)?)?),
            Line::Tag("-X-STREAM-INF", value) => {
                let Some(Line::Uri(uri)) = following.next() else {
                    return Err("4.3.4.2: a variant without a URI".to_owned());
                };
                let attributes = attributes(value)?;
                variants.push(variant(uri, &attributes)?);
                for kind in ["AUDIO", "SUBTITLES"] {
                    groups.extend(quoted(&attributes, kind)?.map(|group| (kind, group.to_owned())));
                }
                ensure(
                    plain(&attributes, "CLOSED-CAPTIONS")?.is_none_or(|value| value == "NONE"),
                    "4.3.4.2: captions",
                )?;
            }
            Line::Tag(..) => {}
            Line::Uri(_) => return Err("4.3.4.2: a URI without a variant".to_owned()),
        }
    }
    ensure(!variants.is_empty(), "there is no variant")?;
    for (kind, group) in groups {
        let is_there = renditions.iter().any(|track: &Rendition| track.kind == kind && track.group == group);
        ensure(is_there, &format!("4.3.4.2: there is no group {group} of {kind}"))?;
    }
    Ok(Master { renditions, variants })
}

fn variant(uri: &str, attributes: &BTreeMap<&str, Value<'_>>) -> Result<Variant> {
    let bandwidth: u32 =
        number(plain(attributes, "BANDWIDTH")?.ok_or("4.3.4.2: a variant without BANDWIDTH")?)?;
    let average: Option<u32> = plain(attributes, "AVERAGE-BANDWIDTH")?.map(number).transpose()?;
    ensure(average.is_none_or(|average| average <= bandwidth), "4.3.4.2: the average is above the peak")?;
    let codecs = quoted(attributes, "CODECS")?.ok_or("4.3.4.2: a variant without CODECS")?;
    let resolution = plain(attributes, "RESOLUTION")?.map(|text| {
        let (width, height) = text.split_once('x').ok_or("4.2: a resolution")?;
        Ok::<_, String>((number(width)?, number(height)?))
    });
    Ok(Variant {
        uri: uri.to_owned(),
        bandwidth,
        codecs: codecs.split(',').map(str::to_owned).collect(),
        resolution: resolution.transpose()?,
        frame_rate: plain(attributes, "FRAME-RATE")?.map(number).transpose()?,
        audio: quoted(attributes, "AUDIO")?.map(str::to_owned),
    })
}

/// Names and defaults that earlier tracks use.
#[derive(Default)]
struct Tracks {
    names: HashSet<(String, String)>,
    defaults: HashSet<String>,
    choices: HashSet<String>,
}

impl Tracks {
    fn read(&mut self, attributes: &BTreeMap<&str, Value<'_>>) -> Result<Rendition> {
        let required = |name: &str| {
            let value = quoted(attributes, name)?;
            value.map(str::to_owned).ok_or_else(|| format!("4.3.4.1: a track without {name}"))
        };
        let kind = plain(attributes, "TYPE")?.ok_or("4.3.4.1: a track without TYPE")?.to_owned();
        ensure(["AUDIO", "SUBTITLES"].contains(&kind.as_str()), "4.3.4.1: the type of a track")?;
        let (group, name, uri) = (required("GROUP-ID")?, required("NAME")?, required("URI")?);
        ensure(self.names.insert((group.clone(), name.clone())), "4.3.4.1.1: two tracks of one name")?;
        let yes = |name: &str| match plain(attributes, name)? {
            Some("YES") => Ok(true),
            Some("NO") | None => Ok(false),
            Some(other) => Err(format!("4.3.4.1: {name} is {other}")),
        };
        let (is_default, is_choice, is_forced) = (yes("DEFAULT")?, yes("AUTOSELECT")?, yes("FORCED")?);
        ensure(!is_default || is_choice, "4.3.4.1: a default track that is not chosen by itself")?;
        ensure(!is_default || self.defaults.insert(group.clone()), "4.3.4.1.1: two default tracks")?;
        let language = quoted(attributes, "LANGUAGE")?.unwrap_or_default();
        let choice = format!("{group} {language} {is_forced}");
        ensure(
            !is_choice || self.choices.insert(choice),
            "4.3.4.1.1: two tracks that a player cannot tell apart",
        )?;
        ensure(
            kind == "SUBTITLES" || !attributes.contains_key("FORCED"),
            "4.3.4.1: FORCED is for subtitles",
        )?;
        ensure(kind == "AUDIO" || !attributes.contains_key("CHANNELS"), "4.3.4.1: CHANNELS is for sound")?;
        Ok(Rendition { kind, group, name, uri, is_default })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"A, b\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a0\"\n\
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"C\",LANGUAGE=\"de\",DEFAULT=NO,AUTOSELECT=YES,URI=\"a1\"\n\
        #EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=900,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=64x36,FRAME-RATE=25.000,AUDIO=\"a\",CLOSED-CAPTIONS=NONE\nv0\n";

    #[test]
    fn a_good_one_is_read() {
        let Master { renditions, variants } = master(GOOD).unwrap();
        assert_eq!(
            (renditions.len(), renditions[0].name.as_str(), renditions[0].is_default),
            (2, "A, b", true)
        );
        let [variant] = &variants[..] else { panic!("{variants:?}") };
        assert_eq!(
            (variant.resolution, variant.frame_rate, variant.bandwidth),
            (Some((64, 36)), Some(25.0), 1000)
        );
        assert_eq!(variant.codecs, ["avc1.64001f", "mp4a.40.2"]);
    }

    #[test]
    fn each_broken_rule_is_named() {
        for (good, bad, rule) in [
            ("BANDWIDTH=1000,AVERAGE-", "AVERAGE-", "without BANDWIDTH"),
            ("BANDWIDTH=900", "BANDWIDTH=1001", "above the peak"),
            (",CODECS=\"avc1.64001f,mp4a.40.2\"", "", "without CODECS"),
            ("64x36", "64:36", "resolution"),
            ("AUDIO=\"a\"", "AUDIO=\"b\"", "no group b"),
            ("AUDIO=\"a\"", "AUDIO=a", "quotes"),
            ("\nv0", "", "without a URI"),
            ("NAME=\"C\"", "NAME=\"A, b\"", "one name"),
            ("NAME=\"C\",", "", "without NAME"),
            ("LANGUAGE=\"de\",", "LANGUAGE=\"en\",", "tell apart"),
            ("\"de\",DEFAULT=NO", "\"de\",DEFAULT=YES", "two default"),
            ("DEFAULT=YES,AUTOSELECT=YES", "DEFAULT=YES,AUTOSELECT=NO", "chosen by itself"),
            ("DEFAULT=NO", "DEFAULT=No", "DEFAULT is No"),
            ("CHANNELS=\"2\"", "FORCED=NO", "for subtitles"),
            ("URI=\"a1\"", "URI=\"a1\",URI=\"a1\"", "twice"),
            ("#EXT-X-STREAM-INF", "#EXTINF:6,\ns\n#EXT-X-STREAM-INF", "EXTINF"),
        ] {
            let text = GOOD.replacen(good, bad, 1);
            assert_ne!(text, GOOD, "{good}");
            let broken = master(&text).unwrap_err();
            assert!(broken.contains(rule), "{bad:?} instead of {good:?}: {broken}");
        }
    }
}
