//! How long items are: real files, made here, behind a host that serves parts of them.

use std::{net::SocketAddr, path::Path, process::Command};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use proto::{
    media::v1::{AddItemRequest, add_item_request::From},
    room::v1::{DirectSource, EmbedSource, MediaFormat, Source, source::Kind},
};
use testkit::guest;

use crate::{
    room::{CODE, Room},
    world::{World, asset_of},
};

/// Of every film that is made here.
const LENGTH_US: i64 = 3_200_000;

/// A folder of films, and a host that serves it.
struct Films {
    dir: tempfile::TempDir,
    address: SocketAddr,
}

impl Films {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(dir.path().to_owned());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { dir, address }
    }

    /// Encodes a film.
    fn film(&self, name: &str, arguments: &str) {
        let pictures = "testsrc=s=64x36:r=25:d=3.2";
        self.ffmpeg(&format!("-f lavfi -i {pictures} -f lavfi -i sine=d=3.2 {arguments} {name}"));
    }

    fn ffmpeg(&self, arguments: &str) {
        let mut command = Command::new("ffmpeg");
        command.current_dir(self.dir.path()).args(["-v", "error"]).args(arguments.split_whitespace());
        assert!(command.status().unwrap().success(), "{arguments}");
    }

    fn source(&self, name: &str, format: MediaFormat) -> Source {
        let direct = DirectSource { url: format!("http://{}/{name}", self.address) };
        Source { kind: Some(Kind::Direct(direct)), format: format.into(), ..Source::default() }
    }
}

/// A file, or a part of it. Below `/whole/` no parts are given.
async fn answer(State(dir): State<std::path::PathBuf>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let (name, in_parts) = match path.strip_prefix("whole/") {
        Some(name) => (name, false),
        None => (path, true),
    };
    let Ok(file) = std::fs::read(Path::new(&dir).join(name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let range = request.headers().get(header::RANGE).filter(|_| in_parts);
    let Some(range) = range.map(|range| range.to_str().unwrap()) else { return file.into_response() };
    let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    if first >= file.len() {
        return StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    }
    let part = &file[first..file.len().min(last + 1)];
    let content_range = format!("bytes {first}-{}/{}", first + part.len() - 1, file.len());
    (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, content_range)], part.to_vec()).into_response()
}

/// Leaves assets to be measured, as those are that another replica registered or had.
async fn leave(world: &World, assets: Vec<(&str, Source)>) {
    for (name, source) in assets {
        world.queue(name, &source, None).await;
    }
    add_film(world).await;
}

/// Adds the film that comes with the product, which wakes the worker. Gives the asset.
async fn add_film(world: &World) -> String {
    let request =
        AddItemRequest { room: CODE.into(), from: Some(From::TestFilm(true)), ..Default::default() };
    let added = world.client.clone().add_item(guest("Ada").request(request)).await.unwrap();
    added.into_inner().item.unwrap().asset_id
}

/// What room-svc is told of an asset that was left, once something is.
async fn told(room: &Room, name: &str) -> i64 {
    room.told_of(&asset_of(name).to_string()).await
}

async fn assert_measured(world: &World, names: &[&str]) {
    for name in names {
        let length_us = told(&world.room, name).await;
        assert!((length_us - LENGTH_US).abs() <= 50_000, "{name}: {length_us} us");
    }
}

#[tokio::test]
async fn the_film_of_the_product_is_measured_as_soon_as_it_is_added() {
    let (world, _tasks) = World::measuring().await;
    let asset = add_film(&world).await;
    let length_us = world.room.told_of(&asset).await;
    assert!((length_us - 120_000_000).abs() <= 50_000, "{length_us}");
}

#[tokio::test]
async fn every_layout_of_mp4_is_measured() {
    let ((world, _tasks), films) = (World::measuring().await, Films::start().await);
    films.film("end.mp4", "-c:v libx264 -preset ultrafast -g 25 -c:a aac");
    let layouts = [
        ("fast.mp4", "+faststart"),
        ("index.mp4", "+frag_keyframe+empty_moov+default_base_moof+global_sidx"),
        ("indexes.mp4", "+dash"),
        // What follows says only at its end how long it is.
        ("parts.mp4", "+frag_keyframe"),
        ("listed.mp4", "+frag_keyframe+empty_moov"),
        ("unlisted.mp4", "+frag_keyframe+empty_moov+skip_trailer"),
        ("relative.mp4", "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"),
        ("separate.mp4", "+frag_keyframe+empty_moov+separate_moof+skip_trailer"),
        ("every.mp4", "+frag_every_frame+empty_moov"),
        ("late-moov.mp4", "+frag_keyframe+delay_moov+skip_trailer"),
    ];
    for (name, flags) in layouts {
        films.ffmpeg(&format!("-i end.mp4 -c copy -movflags {flags} -write_tmcd 0 {name}"));
    }
    let names: Vec<_> = layouts.iter().map(|(name, _)| *name).chain(["end.mp4", "whole/end.mp4"]).collect();
    let items = names.iter().map(|name| (*name, films.source(name, MediaFormat::Progressive)));
    leave(&world, items.collect()).await;
    assert_measured(&world, &names).await;
}

#[tokio::test]
async fn a_long_fragmented_mp4_is_measured_by_its_last_fragment() {
    let ((world, _tasks), films) = (World::measuring().await, Films::start().await);
    // Of a megabyte and a half, so that neither its beginning nor one look at its end has all of it.
    let made = "-f lavfi -i testsrc=s=64x36:r=25:d=20 -f lavfi -i sine=d=20 -vf noise=alls=80:allf=t";
    films.ffmpeg(&format!("{made} -c:v libx264 -preset ultrafast -g 25 -c:a aac whole.mp4"));
    let (parts, tail) = ("+frag_keyframe+empty_moov", "+skip_trailer");
    films.ffmpeg(&format!("-i whole.mp4 -c copy -movflags {parts} listed.mp4"));
    films.ffmpeg(&format!("-i whole.mp4 -c copy -movflags {parts}{tail} unlisted.mp4"));
    let whole = std::fs::read(films.dir.path().join("unlisted.mp4")).unwrap();
    assert!(whole.len() > 1_200_000, "{}", whole.len());
    let write = |name: &str, bytes: &[u8]| std::fs::write(films.dir.path().join(name), bytes).unwrap();
    write("cut.mp4", &whole[..whole.len() - 1000]);
    write("garbage.mp4", &[&whole[..], &[0x5a; 3000]].concat());
    let names = ["listed.mp4", "unlisted.mp4", "cut.mp4", "garbage.mp4"];
    leave(&world, names.map(|name| (name, films.source(name, MediaFormat::Progressive))).into()).await;
    for name in &names[..2] {
        let length_us = told(&world.room, name).await;
        assert!((length_us - 20_000_000).abs() <= 50_000, "{name}: {length_us} us");
    }
    for name in &names[2..] {
        assert_eq!(told(&world.room, name).await, 0, "{name}");
    }
}

#[tokio::test]
async fn webm_and_hls_are_measured() {
    let ((world, _tasks), films) = (World::measuring().await, Films::start().await);
    films.film("film.webm", "-c:v libvpx -deadline realtime -c:a libopus");
    let hls = "-c:v libx264 -preset ultrafast -g 25 -c:a aac -f hls -hls_time 1 -hls_playlist_type vod";
    films.film("media.m3u8", &format!("{hls} -master_pl_name master.m3u8"));
    let names = ["film.webm", "media.m3u8", "master.m3u8"];
    let format = |name: &str| {
        if name.ends_with("webm") { MediaFormat::Progressive } else { MediaFormat::Hls }
    };
    leave(&world, names.iter().map(|name| (*name, films.source(name, format(name)))).collect()).await;
    assert_measured(&world, &names).await;
}

// Case L10.
#[tokio::test]
async fn audio_files_are_measured() {
    let ((world, _tasks), films) = (World::measuring().await, Films::start().await);
    let sine = "-f lavfi -i sine=d=3.2:sample_rate=48000";
    let encodings = [
        ("constant.mp3", "-c:a libmp3lame -b:a 128k"),
        ("variable.mp3", "-c:a libmp3lame -q:a 5 -metadata title=Sine"),
        ("uncounted.mp3", "-c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0"),
        ("mono-32k.mp3", "-ar 32000 -ac 1 -c:a libmp3lame -b:a 48k"),
        ("song.m4a", "-c:a aac"),
        ("fast.m4a", "-c:a aac -movflags +faststart"),
        ("song.opus", "-c:a libopus"),
        ("song.ogg", "-c:a libvorbis"),
        ("song.flac", "-c:a flac"),
        ("song.wav", "-c:a pcm_s16le"),
        ("song.weba", "-c:a libopus -f webm"),
    ];
    for (name, arguments) in encodings {
        films.ffmpeg(&format!("{sine} {arguments} {name}"));
    }
    // Longer than what is read of its end.
    films.ffmpeg("-f lavfi -i anoisesrc=d=60 -c:a libopus -b:a 128k long.opus");
    let names: Vec<_> = encodings.iter().map(|(name, _)| *name).chain(["whole/song.mp3"]).collect();
    std::fs::copy(films.dir.path().join("variable.mp3"), films.dir.path().join("song.mp3")).unwrap();
    let items =
        names.iter().chain(&["long.opus"]).map(|name| (*name, films.source(name, MediaFormat::Progressive)));
    leave(&world, items.collect()).await;
    assert_measured(&world, &names).await;
    let length_us = told(&world.room, "long.opus").await;
    assert!((length_us - 60_000_000).abs() <= 50_000, "{length_us} us");
}

#[tokio::test]
async fn an_unknowable_length_is_reported_and_a_failed_measurement_is_retried() {
    let ((world, _tasks), films) = (World::measuring().await, Films::start().await);
    films.film("ready.webm", "-c:v libvpx -deadline realtime -c:a libopus");
    films.ffmpeg("-i ready.webm -c copy -live 1 live.webm");
    films.film("end.mp4", "-c:v libx264 -preset ultrafast -g 25 -c:a aac");
    films.ffmpeg("-i end.mp4 -c copy -movflags +frag_keyframe+skip_trailer fragments.mp4");
    let whole = std::fs::read(films.dir.path().join("fragments.mp4")).unwrap();
    std::fs::write(films.dir.path().join("cut.mp4"), &whole[..whole.len() - 100]).unwrap();
    let write = |name: &str, content: &str| std::fs::write(films.dir.path().join(name), content).unwrap();
    write("live.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n");
    write("round.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nround.m3u8\n");
    write("inside.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://10.0.0.1/media.m3u8\n");
    write("garbage.mp4", "no film at all");
    write("empty.mp4", "");
    let unknown = ["live.webm", "cut.mp4", "live.m3u8", "round.m3u8", "garbage.mp4", "empty.mp4"];
    let failing = ["missing.mp4", "inside.m3u8"];
    let source = |name: &str| {
        let hls = name.ends_with("m3u8");
        films.source(name, if hls { MediaFormat::Hls } else { MediaFormat::Progressive })
    };
    let embed = EmbedSource { service: 1, video_id: "dQw4w9WgXcQ".into(), hash: String::new() };
    let embed =
        Source { kind: Some(Kind::Embed(embed)), format: MediaFormat::Embed.into(), ..Source::default() };
    let mut items: Vec<_> = failing.iter().chain(&unknown).map(|name| (*name, source(name))).collect();
    items.push(("embed", embed));
    leave(&world, items).await;
    for name in unknown.iter().chain(&["embed"]) {
        assert_eq!(told(&world.room, name).await, 0, "{name}");
    }
    for name in failing {
        let failed = "SELECT error IS NOT NULL FROM media.assets WHERE id = $1";
        let failed =
            || sqlx::query_scalar::<_, bool>(failed).bind(asset_of(name).uuid()).fetch_one(&world.pool);
        while !failed().await.unwrap() {}
        let told = world.room.told.borrow();
        let asset = asset_of(name).to_string();
        assert!(told.iter().all(|(id, _)| *id != asset), "{name} is tried again and is not told");
    }
}
