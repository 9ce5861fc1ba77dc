// What the page says of a failure. The server's own sentence is English and has the values; in another language the sentence of
// its reason (the codes of docs/live-protocol.md) stands for it.

/** sentence({reason, message}) for people, in the language that `language()` names. */
export function createSentence(catalogues, language) {
  return ({ reason, message }) => {
    if (language() === "en") return message;
    const { [reason]: known, other } = catalogues.errors;
    return (known ?? other)[language()].replace("{message}", () => message);
  };
}
