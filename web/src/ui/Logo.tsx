/** Two frames that run together. */
export function Mark({ size = 30 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden
      fill="currentColor"
      className="shrink-0 text-accent"
    >
      <path d="M3 5.5 13 12 3 18.5z" />
      <path d="M11 5.5 21 12l-10 6.5z" opacity=".62" />
    </svg>
  );
}

export function Logo({ size = 30 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-2 text-[17px] font-bold tracking-tight">
      <Mark size={size} />
      SyncWatch
    </span>
  );
}
