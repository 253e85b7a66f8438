import { colorOf } from '../../ui/Avatar';
import { cx } from '../../ui/classes';

/** What it feels like: a film, two people, one moment. Drawn, so that it never ages as a picture of the page would. */
export function Scene() {
  return (
    <figure aria-hidden className="relative mx-auto w-full max-w-152 max-lg:mt-4">
      <div className="over-video relative aspect-4/3 overflow-hidden rounded-[26px] shadow-[0_40px_90px_-20px_rgb(0_0_0/60%)] inset-ring inset-ring-white/12 max-lg:aspect-video lg:[transform:perspective(1400px)_rotateY(-9deg)_rotateX(2deg)]">
        <Evening />
        <div className="absolute inset-x-4.5 bottom-4 flex items-center gap-3.5 rounded-[16px] bg-black/45 px-4 py-3.5 inset-ring inset-ring-white/14">
          <span className="h-1.5 grow overflow-hidden rounded-full bg-white/22">
            <span className="block h-full w-2/5 rounded-full bg-[#ffd9a0]" />
          </span>
          <span className="text-label text-[#f6f3ee] tabular-nums">6 ms apart</span>
        </div>
        <span className="absolute top-[9%] right-[17%] text-[46px] drop-shadow-lg max-lg:text-[34px]">😂</span>
      </div>
      <Says
        who="Ben"
        text="did you see the second boat??"
        className="top-[17%] -left-9 max-lg:-top-4.5 max-lg:-left-1"
      />
      <Says who="Mia" text="rewinding, brace yourselves" className="-right-1 bottom-[27%] max-lg:bottom-[24%]" />
    </figure>
  );
}

function Says({ who, text, className }: { who: string; text: string; className: string }) {
  return (
    <div
      className={cx(
        'absolute flex items-center gap-2.5 rounded-[18px] bg-[#191623]/88 py-2.5 pr-4 pl-2.5 text-[#f6f3ee] shadow-[0_18px_50px_rgb(0_0_0/45%)] inset-ring inset-ring-white/12',
        className,
      )}
    >
      <span
        className="grid size-8 place-items-center rounded-full text-label font-bold text-[#140c1e]/88"
        style={{ background: colorOf(who) }}
      >
        {who.charAt(0)}
      </span>
      <span className="text-small">
        <span className="block font-bold">{who}</span>
        {text}
      </span>
    </div>
  );
}

/** An evening over a lake. */
function Evening() {
  return (
    <svg viewBox="0 0 800 600" preserveAspectRatio="xMidYMid slice" className="absolute inset-0 size-full">
      <defs>
        <linearGradient id="evening-sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#131738" />
          <stop offset=".36" stopColor="#3d2a6b" />
          <stop offset=".58" stopColor="#a6456f" />
          <stop offset=".76" stopColor="#f08a5d" />
          <stop offset=".82" stopColor="#ffd08a" />
        </linearGradient>
        <radialGradient id="evening-sun">
          <stop offset="0" stopColor="#fff3d0" />
          <stop offset=".18" stopColor="#ffd79a" />
          <stop offset=".24" stopColor="#ffc37a" stopOpacity=".6" />
          <stop offset="1" stopColor="#ff9a5d" stopOpacity="0" />
        </radialGradient>
        <linearGradient id="evening-lake" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#f3a06a" />
          <stop offset=".3" stopColor="#b4536b" />
          <stop offset="1" stopColor="#1a1738" />
        </linearGradient>
      </defs>
      <rect width="800" height="600" fill="url(#evening-sky)" />
      <circle cx="540" cy="390" r="230" fill="url(#evening-sun)" />
      <path d="M0 400 110 320l90 60 120-90 110 84 120-66 100 62 150-76v140H0z" fill="#8a4a72" />
      <path d="M0 432 90 380l120 50 130-72 120 66 110-34 130 44 100-48v60H0z" fill="#4c2e60" />
      <rect y="436" width="800" height="164" fill="url(#evening-lake)" />
      <path
        d="M490 448h110M505 462h84M484 480h104M512 500h66M496 522h84"
        stroke="#ffe2ad"
        strokeWidth="3"
        opacity=".6"
        strokeLinecap="round"
      />
      <path d="M0 500c110-40 200-14 290 30 80 40 150 60 230 70H0z" fill="#1b1838" />
      <path d="M800 520c-80-12-150 30-250 80h250z" fill="#17142f" />
      <g fill="#0f0c22">
        <circle cx="196" cy="462" r="9" />
        <path d="M184 512c-1-26 2-38 12-40 11 2 14 14 13 40z" />
        <circle cx="224" cy="472" r="8" />
        <path d="M213 514c-1-24 2-32 11-34 10 2 12 10 11 34z" />
      </g>
      <g fill="#fff" opacity=".7">
        <circle cx="120" cy="70" r="1.6" />
        <circle cx="330" cy="110" r="1.3" />
        <circle cx="450" cy="52" r="1.5" />
        <circle cx="690" cy="96" r="1.6" />
      </g>
    </svg>
  );
}
