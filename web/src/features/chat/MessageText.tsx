/** Text as it was typed; links can be followed, without telling where from. */
export function MessageText({ text }: { text: string }) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/g);
  return (
    <p className="break-words whitespace-pre-wrap">
      {parts.map((part, index) =>
        index % 2 ? (
          // The parts of one text never change places.
          // oxlint-disable-next-line react/no-array-index-key
          <a key={index} href={part} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline underline-offset-2">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
