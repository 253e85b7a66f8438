// The emoji of the picker and of `:name` in the field: those that people use most, by the names they know.

export interface Emoji {
  sign: string;
  names: string;
}

const GROUPS: readonly (readonly [string, string])[] = [
  [
    'Smileys',
    '😂 joy laugh|🤣 rofl|😅 sweat_smile|😀 grin smile|😊 blush happy|😉 wink|😍 heart_eyes love|😘 kiss|😋 yum|😜 silly|🤪 zany crazy|😎 cool sunglasses|🤓 nerd|🥳 party|🤩 star_struck|🙂 slight_smile|🙃 upside_down|😇 angel|🥹 touched|😌 relieved|😴 sleep|🥱 yawn bored|😮 wow surprised|😱 scream shock|😨 fear|😰 anxious|😢 cry sad|😭 sob|😤 huff|😡 angry mad|🤬 swear|🤯 mind_blown|😬 grimace|🙄 eye_roll|😏 smirk|🤔 thinking hmm|🤨 raised_brow|🧐 monocle|🤫 shush quiet|🤭 giggle|🫢 gasp|🫣 peek|🤗 hug|🫠 melt|😶 speechless|😐 neutral|😑 expressionless|🥺 pleading|😳 flushed|🤢 sick|🤮 vomit|🤧 sneeze|🥶 cold|🥵 hot|😈 devil|💀 skull dead|👻 ghost|👽 alien|🤖 robot|💩 poop|🙈 see_no_evil monkey|🙉 hear_no_evil|🙊 speak_no_evil',
  ],
  [
    'People',
    '👍 thumbs_up yes ok|👎 thumbs_down no|👏 clap applause|🙌 raised_hands hooray|🙏 pray please thanks|👋 wave hello bye|🤝 handshake deal|✌️ peace|🤞 fingers_crossed luck|🤟 love_you|🤘 rock|👌 perfect|🤌 pinched|👉 right|👈 left|👆 up|👇 down|☝️ point|✋ stop hand|💪 strong muscle|🫶 heart_hands|👀 eyes look|🧠 brain|👶 baby|🤷 shrug|🤦 facepalm|🙋 raise_hand|💃 dance|🕺 dance_man|🏃 run|🧍 stand',
  ],
  [
    'Hearts and signs',
    '❤️ heart love|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|🤍 white_heart|💔 broken_heart|💕 hearts|💯 hundred|💢 anger|💥 boom|💫 dizzy|💦 sweat drops|💤 zzz|🔥 fire lit|✨ sparkles|⭐ star|🌟 glowing_star|⚡ lightning|❗ exclamation|❓ question|✅ check done|❌ cross wrong|⏸️ pause|▶️ play|⏩ forward|⏪ back|🔊 loud|🔇 mute',
  ],
  [
    'Film and fun',
    '🍿 popcorn|🎬 clapper action|🎥 camera film|📺 tv|🎞️ reel|🎵 music note|🎶 notes|🎤 microphone sing|🎧 headphones|🎮 game|🎉 tada party|🎊 confetti|🎁 gift|🏆 trophy win|🥇 gold first|🎯 target|🎲 dice|🃏 joker|🍕 pizza|🍔 burger|🍟 fries|🌭 hotdog|🍩 donut|🍪 cookie|🍫 chocolate|🍎 apple|🍺 beer|🍻 cheers|🍷 wine|🥂 toast|☕ coffee|🍵 tea|🐱 cat|🐶 dog|🦊 fox|🐻 bear|🐼 panda|🐸 frog|🐢 turtle|🦄 unicorn|🐝 bee|🌸 blossom|🌹 rose|🌈 rainbow|☀️ sun|🌙 moon|❄️ snow|🌊 wave_sea|🚀 rocket|🚗 car|🚇 train|✈️ plane|🏠 home|⏰ alarm|📌 pin|📣 megaphone|💡 idea|🔍 search|🔒 lock|🗳️ vote',
  ],
];

export const EMOJI_GROUPS: readonly { title: string; emoji: readonly Emoji[] }[] = GROUPS.map(([title, list]) => ({
  title,
  emoji: list.split('|').map((entry) => {
    const [sign = '', ...names] = entry.split(' ');
    return { sign, names: names.join(' ') };
  }),
}));

const ALL = EMOJI_GROUPS.flatMap(({ emoji }) => emoji);
const MAX_FOUND = 48;

/** The emoji whose names have a word that begins like this; those first whose first name does. */
export function findEmoji(word: string): Emoji[] {
  const sought = word.toLowerCase().replaceAll(' ', '_');
  const found = ALL.filter(
    ({ names }) => names.split(/[ _]/u).some((name) => name.startsWith(sought)) || names.includes(` ${sought}`),
  );
  return found
    .toSorted((a, b) => Number(b.names.startsWith(sought)) - Number(a.names.startsWith(sought)))
    .slice(0, MAX_FOUND);
}

/** The reactions that are one press away. */
export const QUICK = [
  { sign: '❤️', label: 'Heart' },
  { sign: '😂', label: 'Laugh' },
  { sign: '😮', label: 'Wow' },
  { sign: '👏', label: 'Applause' },
  { sign: '🔥', label: 'Fire' },
] as const;
