/** Text as it was typed. Links are clickable, and send no referrer. */
export function MessageText({ text }: { text: string }) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/g);
  return (
    <p className="break-words whitespace-pre-wrap">
      {parts.map((part, index) =>
        index % 2 ? (
          // The parts of a text never change their order.
          // oxlint-disable-next-line react/no-array-index-key
          <a
            key={index}
            href={part}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="text-accent underline underline-offset-2"
          >
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
