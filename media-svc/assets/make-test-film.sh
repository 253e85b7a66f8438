#!/bin/sh
# Makes test-film.mp4, the film that comes with the product. Needs ffmpeg with libx264 and freetype, and the DejaVu fonts.
#
# Two minutes for eyes, ears and measurements: each frame shows its time code and its number; at each full second a
# spot lights up for two frames and a short tone sounds; a small ball goes round once in four seconds.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
font=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf}
seconds=120
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# In files, since a drawtext expansion on the command line needs four levels of escapes.
printf '%s' '%{pts:gmtime:0:%H\:%M\:%S}.%{eif:mod(n,25):d:2}' >"$work/time"
printf '%s' 'frame %{n}' >"$work/frame"
printf '%s' 'SyncWatch test film' >"$work/title"

# A soft white disc of $1 pixels across.
disc() {
    printf 'color=white:s=%sx%s:r=25:d=0.04,format=yuva420p,geq=lum=255:cb=128:cr=128:a=%s,loop=-1:1:0' \
        "$1" "$1" "'255*clip((W/2-hypot(X-W/2,Y-H/2))/3,0,1)'"
}

text="drawtext=fontfile=$font:fontcolor=white:shadowcolor=0x00000080:shadowx=1:shadowy=1"

ffmpeg -y -v error \
    -f lavfi -i "gradients=s=640x360:r=25:d=$seconds:n=4:seed=7:speed=0.006:c0=0x0f1c33:c1=0x23557a:c2=0x5d4e82:c3=0x9a5f76:x0=0:y0=0:x1=640:y1=360" \
    -f lavfi -i "$(disc 28)" \
    -f lavfi -i "$(disc 56)" \
    -f lavfi -i "color=0xffffff:s=640x4:r=25:d=$seconds" \
    -f lavfi -i "aevalsrc='0.25*sin(2*PI*if(mod(floor(t),10),880,1320)*t)*lt(mod(t,1),0.06)*min(1,200*mod(t,1))*min(1,200*(0.06-mod(t,1)))':s=48000:d=$seconds" \
    -filter_complex "
        [0][1]overlay=x='W/2-w/2+260*cos(PI/2*t-PI/2)':y='H/2-h/2+140*sin(PI/2*t-PI/2)':shortest=1[ball];
        [ball][2]overlay=x=W-w-24:y=24:enable='lt(mod(n,25),2)':shortest=1[spot];
        [spot][3]overlay=x='-w+w*t/$seconds':y=H-h[bar];
        [bar]$text:textfile=$work/time:fontsize=52:x=(w-text_w)/2:y=(h-text_h)/2-14,
        $text:textfile=$work/frame:fontsize=24:x=(w-text_w)/2:y=h/2+30,
        $text:textfile=$work/title:expansion=none:fontsize=18:x=24:y=24,
        format=yuv420p[v]" \
    -map '[v]' -map 4:a -t $seconds \
    -c:v libx264 -profile:v main -preset veryslow -crf 27 -maxrate 160k -bufsize 640k \
    -g 50 -keyint_min 50 -sc_threshold 0 \
    -c:a aac -b:a 32k -ac 1 \
    -map_metadata -1 -metadata title="SyncWatch test film" -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
    -movflags +faststart "$here/test-film.mp4"
