// What a search of the chat looks for: words, a person, or both.

/** One of the two may be empty. */
export interface Sought {
  query: string;
  authorId: string;
}

/** Null: there is neither a word nor a person to look for. */
export function soughtIn(text: string, authorId: string): Sought | null {
  const query = text.trim();
  return query || authorId ? { query, authorId } : null;
}

export function nothingFound({ query, authorId }: Sought): string {
  if (!query) return 'This person has written nothing that is still here.';
  return `No message ${authorId && 'of this person '}has the words “${query}”. Try fewer of them.`;
}
