export function Logo({ size = 30 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-2.5 font-extrabold tracking-tight">
      <img src="/icon.svg" alt="" width={size} height={size} />
      <span className="text-lg">SyncWatch</span>
    </span>
  );
}
