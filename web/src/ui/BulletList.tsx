export function BulletList({ lines }: { lines: readonly string[] }) {
  return (
    <ul className="grid list-disc gap-0.5 py-1 pl-5">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
